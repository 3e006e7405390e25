package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The format of PyTorch before 1.6: storages behind the pickles, and parts of storages. */
class TorchStreamTest {

    private static final byte[] VALUES = TorchWriter.floats(0, 1, 2, 3, 4, 5);
    private static final byte[] COUNTED = TorchWriter.counted(6, VALUES);
    private static final byte[] OBJECT = HandMadePickle.oneTensor(6, 1, new long[] {4}, 1);
    private static final byte[] KEYS = TorchWriter.keys("0");

    /** A tensor in a part of a storage. */
    private static byte[] view(long elements, long offset, long size, long... shape) {
        return new HandMadePickle()
                .raw("}")
                .text("w")
                .global("torch._utils", "_rebuild_tensor")
                .raw("((")
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .integer(elements)
                .raw("(")
                .text("1")
                .integer(offset)
                .integer(size)
                .raw("ttQ")
                .integer(0)
                .integers(shape)
                .integers(1)
                .raw("tRs")
                .stop();
    }

    @Test
    void readsAStorageBehindThePickles() throws IOException {
        try (PyTorchFile source = TorchWriter.open(TorchWriter.stream(OBJECT, KEYS, COUNTED))) {
            assertThat(TorchWriter.values(source, "w")).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void readsAPartOfAStorage() throws IOException {
        byte[] file = TorchWriter.stream(view(6, 2, 3, 3), KEYS, COUNTED);
        try (PyTorchFile source = TorchWriter.open(file)) {
            assertThat(TorchWriter.values(source, "w")).containsExactly(2, 3, 4);
        }
    }

    static List<Arguments> lies() {
        String part =
                "the tensor w: the %d elements from %d on do not lie within the 6 of the storage 0";
        String within = "the storage 0 must lie within the file, found %d elements from %d on";
        long at = TorchWriter.stream(OBJECT, KEYS, new byte[8]).length;
        return List.of(
                Arguments.of(view(6, 4, 3, 3), KEYS, COUNTED, part.formatted(3, 4)),
                Arguments.of(view(6, -1, 3, 3), KEYS, COUNTED, part.formatted(3, -1)),
                Arguments.of(
                        view(6, Long.MAX_VALUE, 3, 3),
                        KEYS,
                        COUNTED,
                        part.formatted(3, Long.MAX_VALUE)),
                Arguments.of(view(6, 1, -3, 3), KEYS, COUNTED, part.formatted(-3, 1)),
                Arguments.of(
                        view(6, 2, 3, 4),
                        KEYS,
                        COUNTED,
                        "the tensor w: its elements must lie within the 3 of its storage, found 0 to 4"),
                Arguments.of(OBJECT, KEYS, TorchWriter.counted(7, VALUES), within.formatted(7, at)),
                Arguments.of(
                        OBJECT, KEYS, TorchWriter.counted(-1, VALUES), within.formatted(-1, at)),
                Arguments.of(
                        OBJECT,
                        KEYS,
                        TorchWriter.counted(1L << 62, VALUES),
                        within.formatted(1L << 62, at)),
                Arguments.of(
                        OBJECT,
                        KEYS,
                        TorchWriter.counted(5, VALUES),
                        "the tensor w: the storage 0 must have 6 elements of 4 bytes, found 20 bytes"),
                Arguments.of(
                        OBJECT,
                        TorchWriter.keys(),
                        COUNTED,
                        "the tensor w: its storage 0 is not there"),
                Arguments.of(
                        OBJECT,
                        TorchWriter.keys("0", "1"),
                        COUNTED,
                        "it has a storage that no tensor uses"),
                Arguments.of(
                        HandMadePickle.oneTensor(0, 0, new long[] {0}, 1),
                        TorchWriter.keys("0", "0"),
                        new byte[16],
                        "the storage 0 is there twice"),
                Arguments.of(
                        OBJECT,
                        new HandMadePickle().raw("N").stop(),
                        COUNTED,
                        "it lacks the keys of its storages"),
                Arguments.of(
                        new HandMadePickle()
                                .raw("(")
                                .storage("FloatStorage", "0", 6)
                                .storage("LongStorage", "0", 3)
                                .raw("t")
                                .stop(),
                        KEYS,
                        COUNTED,
                        "the storage 0 has two types"),
                Arguments.of(
                        new HandMadePickle().storage("Size", "0", 6).stop(),
                        KEYS,
                        COUNTED,
                        "torch.Size is no type of a storage"),
                Arguments.of(
                        new HandMadePickle().text("module").raw("Q").stop(),
                        KEYS,
                        COUNTED,
                        "its pickle refers to what is no storage"));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void refusesStoragesThatLie(byte[] object, byte[] keys, byte[] storages, String rule) {
        byte[] file = TorchWriter.stream(object, keys, storages);
        assertThatThrownBy(() -> TorchWriter.open(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("x.pth cannot be read as a PyTorch checkpoint: " + rule);
    }

    @Test
    void passesOverStoragesOfOtherTypes() throws IOException {
        byte[] object =
                new HandMadePickle()
                        .raw("}(")
                        .text("other")
                        .storage("ComplexFloatStorage", "1", 1)
                        .text("w")
                        .tensor("FloatStorage", "0", 6, 5, new long[] {1}, 1)
                        .raw("u")
                        .stop();
        byte[] storages =
                java.nio.ByteBuffer.allocate(16 + COUNTED.length)
                        .put(TorchWriter.counted(1, new byte[8]))
                        .put(COUNTED)
                        .array();
        byte[] file = TorchWriter.stream(object, TorchWriter.keys("1", "0"), storages);
        try (PyTorchFile source = TorchWriter.open(file)) {
            assertThat(TorchWriter.values(source, "w")).containsExactly(5);
        }
    }
}
