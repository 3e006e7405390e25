package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import java.util.List;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChangingSequenceTest {

    @ParameterizedTest
    @MethodSource("org.efficientzoo.reference.Engines#names")
    void aSequenceInsideMayGrowBetweenPredictions(String engine) {
        Shape shape = new Shape(1, 4, 6, 6);
        SequentialBlock inner = new SequentialBlock().add(new ChannelShuffle(2));
        Sequence outer = new Sequence(List.of(inner, new ChannelShuffle(2)));
        try (NDManager manager = Engines.manager(engine)) {
            NDArray x = TestBlocks.input(shape, manager);
            NDArray before = TestBlocks.predict(outer, x);
            inner.add(new ChannelShuffle(2, ChannelShuffle.Convention.INVERSE));
            NDArray after = TestBlocks.predict(outer, x);
            assertThat(before.toFloatArray()).isEqualTo(x.toFloatArray()); // 2 of 4: an involution
            assertThat(after.toFloatArray())
                    .isEqualTo(TestBlocks.predict(new ChannelShuffle(2), x).toFloatArray());
        }
    }
}
