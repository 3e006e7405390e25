package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.Test;

/** Windows that the engines themselves count differently. */
class PoolingTest {

    private static List<Pooling> windows() {
        List<Pooling> windows = new ArrayList<>();
        for (int kernel = 1; kernel <= 4; kernel++) {
            for (int stride = 1; stride <= 3; stride++) {
                for (int padding = 0; padding <= kernel / 2; padding++) {
                    windows.add(new Pooling(kernel, stride, padding, true));
                    windows.add(new Pooling(kernel, stride, padding, false));
                }
            }
        }
        return windows;
    }

    @Test
    void maxPoolingGivesTheSameOnBothEnginesAndTheShapesThatWereTold() {
        assertThat(windows()).isNotEmpty();
        for (Pooling window : windows()) {
            for (int side = 4; side <= 9; side++) {
                Shape shape = new Shape(1, 2, side, side + 1);
                EfficientBlock block = TestBlocks.maxPool(window);
                List<float[]> results = new ArrayList<>();
                for (String engine : Engines.names()) {
                    try (NDManager manager = Engines.manager(engine)) {
                        NDArray y = TestBlocks.predict(block, TestBlocks.input(shape, manager));
                        assertThat(y.getShape())
                                .as("%s of %s on %s", window, shape, engine)
                                .isEqualTo(block.getOutputShapes(new Shape[] {shape})[0]);
                        results.add(y.toFloatArray());
                    }
                }
                assertThat(results.get(1)).as("%s of %s", window, shape).isEqualTo(results.get(0));
            }
        }
    }
}
