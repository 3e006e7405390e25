package org.efficientzoo.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockCatalogue.Entry;
import org.junit.jupiter.api.Test;

/** No block is forgotten by the tests that run over all blocks. */
class BlockCatalogueTest {

    @Test
    void holdsEveryPublicBlock() throws Exception {
        List<Class<?>> blocks = publicBlocks();
        assertThat(blocks).contains(Fire.class).hasSizeGreaterThan(10);
        List<Class<?>> listed =
                BlockCatalogue.entries().stream()
                        .<Class<?>>map(entry -> entry.build().get().getClass())
                        .distinct()
                        .toList();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(blocks);
    }

    @Test
    void hasANameOfItsOwnForEachEntry() {
        assertThat(BlockCatalogue.entries()).extracting(Entry::name).doesNotHaveDuplicates();
    }

    private static List<Class<?>> publicBlocks() throws Exception {
        URI place =
                EfficientBlock.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        if (Files.isDirectory(Path.of(place))) {
            return publicBlocks(Path.of(place));
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place), Map.of())) {
            return publicBlocks(jar.getPath("/"));
        }
    }

    private static List<Class<?>> publicBlocks(Path root) throws Exception {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file -> file.substring(0, file.length() - 6).replace('/', '.'))
                    .<Class<?>>map(BlockCatalogueTest::load)
                    .filter(EfficientBlock.class::isAssignableFrom)
                    .filter(type -> Modifier.isPublic(type.getModifiers()))
                    .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, BlockCatalogueTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
