package org.efficientzoo.zoo.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.translate.NoopTranslator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockCatalogue;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.Fire;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.torchscript.TorchScriptExport.Norms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TorchScriptExportTest {

    private static final Shape SMALL = new Shape(2, 6, 7, 9);

    @TempDir Path folder;

    static Stream<Arguments> blocks() {
        return BlockCatalogue.entries().stream()
                .flatMap(
                        entry ->
                                Stream.of(Norms.values()).map(norms -> Arguments.of(entry, norms)));
    }

    @Test
    void thereAreBlocks() {
        assertThat(blocks()).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void writesWhatDjlLoads(BlockCatalogue.Entry entry, Norms norms) throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH);
                Model model = Model.newInstance("exported", Engines.PYTORCH)) {
            Block block = TestBlocks.filled(entry.build().get(), entry.input(), manager);
            Path file = folder.resolve("exported.pt");
            TorchScriptExport.write(block, norms, file);
            model.load(folder, "exported");
            NDArray x = TestBlocks.input(entry.input(), manager);
            float[] expected = TestBlocks.predict(block, x).toFloatArray();
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
                float[] found = predictor.predict(new NDList(x)).singletonOrThrow().toFloatArray();
                assertThat(found).hasSameSizeAs(expected);
                for (int i = 0; i < found.length; i++) {
                    assertThat((double) Math.abs(found[i] - expected[i])).isLessThan(3e-5);
                }
            }
        }
    }

    @Test
    void theFileIsTheSameInEveryLanguage() throws Exception {
        Locale before = Locale.getDefault();
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            for (BlockCatalogue.Entry entry : BlockCatalogue.entries()) {
                Block block = TestBlocks.filled(entry.build().get(), entry.input(), manager);
                Path english = folder.resolve("english.pt");
                TorchScriptExport.write(block, Norms.KEPT, english);
                Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
                Path other = folder.resolve("other.pt");
                TorchScriptExport.write(block, Norms.KEPT, other);
                Locale.setDefault(before);
                assertThat(other).as(entry.toString()).hasSameBinaryContentAs(english);
                Files.delete(english);
                Files.delete(other);
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void keepsTheNamesOfTheStateDict() throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH);
                Model model = Model.newInstance("fire", Engines.PYTORCH)) {
            Block block = TestBlocks.filled(new Fire(6, 2, 3, 4), SMALL, manager);
            TorchScriptExport.write(block, Norms.KEPT, folder.resolve("fire.pt"));
            model.load(folder, "fire");
            Set<String> names = Set.copyOf(model.getBlock().getDirectParameters().keys());
            assertThat(names).isEqualTo(BlockNames.parameters(block).keySet());
        }
    }

    @Test
    void namesABlockThatHasNoScript() {
        Block block =
                new SequentialBlock()
                        .add(new SequentialBlock().add(new LambdaBlock(list -> list, "mine")));
        assertThatThrownBy(
                        () ->
                                TorchScriptExport.write(
                                        block, Norms.KEPT, folder.resolve("unknown.pt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the block 0.0, a LambdaBlock mine, has no script; known");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesANetworkWithoutValues() {
        assertThatThrownBy(
                        () ->
                                TorchScriptExport.write(
                                        new Fire(6, 2, 3, 4), Norms.KEPT, folder.resolve("f.pt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a network must be initialised before it is exported, found no values of"
                                + " squeeze.weight");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void leavesNothingBehindWhereItCannotWrite() throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Block block = TestBlocks.filled(new Fire(6, 2, 3, 4), SMALL, manager);
            Path taken = Files.createDirectories(folder.resolve("taken.pt/inside")).getParent();
            assertThatThrownBy(() -> TorchScriptExport.write(block, Norms.KEPT, taken))
                    .isInstanceOf(IOException.class);
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left).containsExactly(taken);
            }
        }
    }
}
