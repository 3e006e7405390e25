package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.util.Collection;
import java.util.List;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockCatalogue;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.FastPath.Prepared;
import org.efficientzoo.blocks.ForwardGraph;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A prediction that goes block by block has the right numbers, too, so that only this tells. */
@Slow
class ScriptedPredictionTest {

    static List<BlockCatalogue.Entry> blocks() {
        return BlockCatalogue.entries();
    }

    static Collection<NetworkEntry> networks() {
        return Networks.all();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void isOneCallForEveryBlock(BlockCatalogue.Entry entry) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = TestBlocks.filled(entry.build().get(), entry.input(), manager);
            Prepared script =
                    new ScriptedPrediction().prepare(ForwardGraph.of(block), manager).orElseThrow();
            NDArray x = TestBlocks.input(entry.input(), manager);
            List<NDArray> arrays =
                    BlockNames.parameters(block).values().stream()
                            .map(Parameter::getArray)
                            .toList();
            float[] found = script.predict(x, arrays).toFloatArray();
            assertThat(found).isEqualTo(TestBlocks.predict(block, x).toFloatArray());
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void isOneCallForEveryNetwork(NetworkEntry network) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            EfficientBlock block = network.build(NetworkOptions.DEFAULT);
            assertThat(new ScriptedPrediction().prepare(ForwardGraph.of(block), manager))
                    .isPresent();
        }
    }
}
