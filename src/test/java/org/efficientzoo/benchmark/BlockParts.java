package org.efficientzoo.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.blocks.Bottleneck;
import org.efficientzoo.blocks.ChannelShuffle;
import org.efficientzoo.blocks.DarkResidual;
import org.efficientzoo.blocks.DepthwiseSeparable;
import org.efficientzoo.blocks.Fire;
import org.efficientzoo.blocks.InvertedResidual;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.ShuffleUnitV2;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.weights.StateDict;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One block of each kind in inference, on one image in the middle of a network. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BlockParts {

    /** The engine; each has a process of its own, as JMH forks one for each parameter. */
    @Param({"PyTorch", "MXNet"})
    public String engine;

    /** The block. */
    @Param public Kind kind;

    private NDManager manager;
    private Block block;
    private ParameterStore store;
    private NDArray input;

    /** Blocks as they occur in published networks. */
    public enum Kind {
        /** Two groups of ShuffleNetV2's channels. */
        SHUFFLE(116, 28) {
            @Override
            Block block() {
                return new ChannelShuffle(2);
            }
        },
        /** ShuffleNetV2 1.0, second stage. */
        SHUFFLE_UNIT_V2(116, 28) {
            @Override
            Block block() {
                return new ShuffleUnitV2(116, 116, 1);
            }
        },
        /** MobileNetV1, a unit of 14×14. */
        DEPTHWISE_SEPARABLE(512, 14) {
            @Override
            Block block() {
                return new DepthwiseSeparable(512, 512, 1);
            }
        },
        /** MobileNetV2, a unit of 28×28. */
        INVERTED_RESIDUAL(32, 28) {
            @Override
            Block block() {
                return new InvertedResidual(32, 32, 1, 6);
            }
        },
        /** SqueezeNet 1.1, fire6. */
        FIRE(256, 27) {
            @Override
            Block block() {
                return new Fire(256, 48, 192, 192);
            }
        },
        /** ResNet-50, third stage. */
        BOTTLENECK(1024, 14) {
            @Override
            Block block() {
                return Bottleneck.resnet(1024, 256, 1);
            }
        },
        /** ResNeXt-50, third stage. */
        RESNEXT(1024, 14) {
            @Override
            Block block() {
                return Bottleneck.resnext(1024, 512, 1024, 1, 32);
            }
        },
        /** DarkNet-53, a unit of 32×32. */
        DARK_RESIDUAL(256, 32) {
            @Override
            Block block() {
                return new DarkResidual(256, Nonlinearity.leakyRelu(0.1f));
            }
        };

        private final Shape input;

        Kind(int channels, int side) {
            input = new Shape(1, channels, side, side);
        }

        abstract Block block();
    }

    /** Builds the block. */
    @Setup
    public void build() {
        manager = Engine.getEngine(engine).newBaseManager();
        block = kind.block();
        StateDict.initialize(block, manager, kind.input);
        store = new ParameterStore(manager, false);
        input = manager.create(Formula.input(kind.input, 1), kind.input);
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        manager.close();
    }

    /**
     * The forward pass.
     *
     * @return a value of the result, which an engine may compute later than it says
     */
    @Benchmark
    public float forward() {
        try (NDList output = block.forward(store, new NDList(input), false);
                NDArray first = output.head().get("0,0,0,0")) {
            return first.toFloatArray()[0];
        }
    }
}
