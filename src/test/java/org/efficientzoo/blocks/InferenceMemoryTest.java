package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.training.ParameterStore;
import ai.djl.translate.NoopTranslator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockCatalogue.Entry;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Inference gives back every array at its last use, neither later nor earlier. */
@Slow
class InferenceMemoryTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 5;

    private static final List<Entry> NETWORKS =
            Stream.of("mobilenet_v2", "shufflenet_v2_x0_5", "squeezenet1_1")
                    .map(InferenceMemoryTest::network)
                    .toList();

    private static Entry network(String name) {
        return new Entry(
                name,
                () -> Networks.get(name).build(NetworkOptions.DEFAULT.withClasses(10)),
                new Shape(2, 3, 64, 64));
    }

    /** Blocks that hand an array through, where to release it once is easily done twice. */
    private static final List<Entry> PASSING =
            List.of(
                    passing("the input itself", () -> new Identity()),
                    passing(
                            "sequence of nothing but identities",
                            () -> sequence(2, new Identity())),
                    passing(
                            "input used behind an identity",
                            () -> new Twice(new Identity(), false)),
                    passing("value used behind an identity", () -> new Twice(new Identity(), true)),
                    passing(
                            "input used behind an identity of DJL",
                            () -> new Twice(Blocks.identityBlock(), false)),
                    passing(
                            "value used behind an identity of DJL",
                            () -> new Twice(Blocks.identityBlock(), true)),
                    passing(
                            "nested, input used behind an identity",
                            () -> sequence(2, new Twice(new Identity(), false))),
                    passing(
                            "a dropout before, inside and behind",
                            () ->
                                    new Sequence(
                                            List.of(
                                                    Layers.dropout(0.5f),
                                                    sequence(1, Layers.dropout(0.5f)),
                                                    new Twice(Layers.dropout(0.5f), true),
                                                    Layers.dropout(0.5f)))),
                    passing(
                            "a first block that could release the input",
                            () -> sequence(2, new DarkResidual(4, Nonlinearity.RELU6))));

    private static Entry passing(String name, Supplier<EfficientBlock> build) {
        return new Entry(name, build, new Shape(2, 4, 7, 9));
    }

    /** Returns its very input. */
    private static final class Identity extends EfficientBlock {

        @Override
        protected <T> T forward(Ops<T> ops, T x) {
            return x;
        }
    }

    /** Adds a value to what an inner block makes of it: twice the value for an identity. */
    private static final class Twice extends EfficientBlock {

        private final Block inner;
        private final boolean shufflesFirst;

        Twice(Block inner, boolean shufflesFirst) {
            this.inner = child("inner", inner);
            this.shufflesFirst = shufflesFirst;
        }

        @Override
        protected <T> T forward(Ops<T> ops, T x) {
            T value = shufflesFirst ? ops.shuffle(2, x) : x;
            return ops.add(value, ops.call(inner, value));
        }
    }

    private static Sequence sequence(int depth, Block block) {
        Sequence sequence = new Sequence(List.of(block));
        return depth == 1 ? sequence : sequence(depth - 1, sequence);
    }

    static List<Entry> entries() {
        List<Entry> all = new ArrayList<>(BlockCatalogue.entries());
        all.addAll(PASSING);
        all.addAll(NETWORKS);
        return all;
    }

    static Stream<Arguments> all() {
        return Engines.names().stream()
                .flatMap(engine -> entries().stream().map(entry -> Arguments.of(engine, entry)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void leavesNothingOpenButInputAndOutput(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block = entry.filled(manager);
            ParameterStore store = new ParameterStore(manager, false);
            int parameters = manager.getManagedArrays().size();
            for (int call = 0; call < 2; call++) {
                try (NDManager ofCall = manager.newSubManager()) {
                    NDArray x = entry.x(ofCall);
                    NDArray y = block.forward(store, new NDList(x), false).singletonOrThrow();

                    assertThat(y.getManager()).isSameAs(ofCall);
                    assertThat(ofCall.getManagedArrays())
                            .usingElementComparator((a, b) -> a == b ? 0 : 1)
                            .containsOnly(x, y);
                    assertThat(manager.getManagedArrays()).hasSize(parameters + (y == x ? 1 : 2));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void leavesTheInputOpenAndUnchanged(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block = entry.filled(manager);
            NDArray x = entry.x(manager);
            NDArray y = BlockBehaviourTest.forward(block, x);

            assertThat(x.isReleased()).isFalse();
            assertThat(y.isReleased()).isFalse();
            assertThat(x.toFloatArray()).isEqualTo(Formula.input(entry.input(), 1));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void computesWhatThePlainReadingComputes(String engine, Entry entry) {
        try (NDManager manager = Engines.manager(engine)) {
            EfficientBlock block = entry.filled(manager);
            NDArray x = entry.x(manager);
            NDArray plain = block.read(new EagerOps(new ParameterStore(manager, false), false), x);

            assertThat(BlockBehaviourTest.forward(block, x).toFloatArray())
                    .isEqualTo(plain.toFloatArray())
                    .doesNotContain(Float.NaN);
        }
    }

    /**
     * On PyTorch alone: MXNet was seen to hang in its own wait when four threads predict at once.
     */
    @ParameterizedTest
    @MethodSource("entries")
    void computesInFourThreadsWhatItComputesInOne(Entry entry) throws Exception {
        try (Model model = Model.newInstance("block", Engines.PYTORCH)) {
            model.setBlock(entry.filled(model.getNDManager()));
            List<float[]> expected = inThreads(1, model, entry.input(), 1);

            List<float[]> found = inThreads(THREADS, model, entry.input(), ROUNDS);

            assertThat(found).hasSize(THREADS * ROUNDS);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).isEqualTo(expected.get(i / ROUNDS));
            }
        }
    }

    /** Predicts for as many inputs as there are THREADS, each one some rounds. */
    private static List<float[]> inThreads(int count, Model model, Shape input, int rounds)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<List<float[]>>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int salt = i;
                futures.add(threads.submit(() -> predict(model, input, salt, rounds)));
            }
            List<float[]> outputs = new ArrayList<>();
            for (Future<List<float[]>> future : futures) {
                outputs.addAll(future.get());
            }
            return outputs;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<float[]> predict(Model model, Shape input, int salt, int rounds)
            throws Exception {
        List<float[]> outputs = new ArrayList<>();
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                NDManager manager = model.getNDManager().newSubManager()) {
            NDArray x = manager.create(Formula.input(input, salt), input);
            for (int round = 0; round < rounds; round++) {
                NDList y = predictor.predict(new NDList(x));
                outputs.add(y.singletonOrThrow().toFloatArray());
            }
        }
        return outputs;
    }
}
