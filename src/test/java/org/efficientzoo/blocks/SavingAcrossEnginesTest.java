package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockCatalogue.Entry;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SavingAcrossEnginesTest {

    private static final String NAME = "block";

    @TempDir private Path folder;

    static Stream<Arguments> writersAndReaders() {
        return BlockCatalogue.entries().stream()
                .flatMap(
                        entry ->
                                Stream.of(
                                        Arguments.of(Engines.PYTORCH, Engines.MXNET, entry),
                                        Arguments.of(Engines.MXNET, Engines.PYTORCH, entry)));
    }

    private static float[] output(Model model, Entry entry) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDArray x = entry.x(manager);
            return TestBlocks.predict(model.getBlock(), x).toFloatArray();
        }
    }

    /** The engines round differently, by 1e-5 at most as in single operations. */
    @ParameterizedTest
    @MethodSource("writersAndReaders")
    void oneEngineComputesWithWhatTheOtherSaved(String writer, String reader, Entry entry)
            throws Exception {
        try (Model saved = Model.newInstance(NAME, writer);
                Model loaded = Model.newInstance(NAME, reader)) {
            saved.setBlock(entry.filled(saved.getNDManager()));
            saved.save(folder, NAME);
            loaded.setBlock(entry.build().get());
            loaded.load(folder, NAME);

            float[] expected = output(saved, entry);
            float[] found = output(loaded, entry);
            assertThat(found).hasSameSizeAs(expected).isNotEmpty();
            double meanAbs = 0;
            for (float value : expected) {
                meanAbs += Math.abs(value) / (double) expected.length;
            }
            for (int i = 0; i < expected.length; i++) {
                double tolerance = 1e-5 * (meanAbs + Math.abs(expected[i]));
                assertThat((double) found[i]).isCloseTo(expected[i], within(tolerance));
            }
        }
    }
}
