package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What training programs save beside the weights, and where in it they put them. */
class ForeignPickleTest {

    private static final byte[] SIX = TorchWriter.floats(0, 1, 2, 3, 4, 5);

    private interface Part extends UnaryOperator<HandMadePickle> {}

    /** A dict of one tensor. */
    private static HandMadePickle weights(HandMadePickle pickle, String name, long... shape) {
        long[] stride = shape.length == 0 ? new long[0] : new long[] {1};
        return pickle.raw("}").text(name).tensor("FloatStorage", "0", 6, 0, shape, stride).raw("s");
    }

    private static HandMadePickle stateDict(HandMadePickle pickle) {
        return weights(pickle, "conv.weight", 6);
    }

    private static PyTorchFile open(Part content) throws IOException {
        byte[] pickle = content.apply(new HandMadePickle()).stop();
        return TorchWriter.open(TorchWriter.archive(pickle, SIX).zip());
    }

    private static PyTorchFile openBeside(Part object) throws IOException {
        return open(
                pickle ->
                        object.apply(stateDict(pickle.raw("}(").text("state_dict")).text("beside"))
                                .raw("u"));
    }

    private static Arguments object(String what, Part part) {
        return Arguments.of(what, part);
    }

    /** A call with arguments that say nothing. */
    private static Arguments call(String module, String name) {
        return object(
                module + "." + name,
                pickle -> pickle.global(module, name).text("a").integer(3).raw(0x86).raw("R"));
    }

    static List<Arguments> objects() {
        return List.of(
                call("pathlib", "PosixPath"),
                call("pathlib", "WindowsPath"),
                call("pathlib._local", "PurePosixPath"),
                call("datetime", "datetime"),
                call("datetime", "timedelta"),
                call("decimal", "Decimal"),
                call("uuid", "UUID"),
                call("__builtin__", "frozenset"),
                call("__builtin__", "bytearray"),
                call("__builtin__", "xrange"),
                call("builtins", "complex"),
                call("random", "Random"),
                call("numpy.random._pickle", "__generator_ctor"),
                call("numpy.random._pickle", "__randomstate_ctor"),
                call("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
                call("torch.cuda.amp.grad_scaler", "GradScaler"),
                object(
                        "an array of NumPy",
                        pickle ->
                                pickle.global("numpy.core.multiarray", "_reconstruct")
                                        .global("numpy", "ndarray")
                                        .raw("K\0")
                                        .raw(0x85)
                                        .text("b")
                                        .raw(0x87)
                                        .raw("R(K\1)")
                                        .global("numpy", "dtype")
                                        .text("f8")
                                        .raw(0x85)
                                        .raw("R")
                                        .raw(0x89)
                                        .raw("C\1atb")),
                object(
                        "an array of NumPy 2 in protocol 5",
                        pickle ->
                                pickle.text("numpy._core.numeric")
                                        .text("_frombuffer")
                                        .raw(0x93)
                                        .raw("(C\1a")
                                        .global("numpy", "dtype")
                                        .text("f8")
                                        .raw(0x85)
                                        .raw("RK\1tR")),
                object(
                        "a generator of NumPy",
                        pickle -> pickle.global("numpy.random._pcg64", "PCG64")),
                object(
                        "a defaultdict",
                        pickle ->
                                pickle.global("collections", "defaultdict")
                                        .global("__builtin__", "list")
                                        .raw(0x85)
                                        .raw("R")
                                        .text("a")
                                        .raw("]s")),
                object(
                        "a deque",
                        pickle ->
                                pickle.global("collections", "deque").raw(")R](K\1K\2e0(K\1K\2e")),
                object(
                        "Lightning's settings",
                        pickle ->
                                pickle.global("lightning.fabric.utilities.data", "AttributeDict")
                                        .raw(")")
                                        .raw(0x81)
                                        .text("lr")
                                        .raw("K\1s")),
                object(
                        "Lightning's callbacks of old",
                        pickle ->
                                pickle.raw("}")
                                        .global(
                                                "pytorch_lightning.callbacks.model_checkpoint",
                                                "ModelCheckpoint")
                                        .raw("}s")),
                object(
                        "settings of OmegaConf",
                        pickle ->
                                pickle.global("omegaconf.dictconfig", "DictConfig")
                                        .raw(")")
                                        .raw(0x81)
                                        .raw("}")
                                        .text("_metadata")
                                        .global("omegaconf.base", "ContainerMetadata")
                                        .raw(")")
                                        .raw(0x81)
                                        .raw("}")
                                        .text("ref_type")
                                        .global("typing", "Any")
                                        .raw("sbsb")),
                object(
                        "losses of MMEngine",
                        pickle ->
                                pickle.global("mmengine.logging.history_buffer", "HistoryBuffer")
                                        .raw(")")
                                        .raw(0x81)
                                        .raw("}b")),
                object(
                        "an object of named arguments",
                        pickle -> pickle.global("fractions", "Fraction").raw(")}").raw(0x92)),
                object(
                        "an optimizer",
                        pickle ->
                                pickle.global("torch.optim.sgd", "SGD")
                                        .raw(")")
                                        .raw(0x81)
                                        .raw("}b")),
                object(
                        "a method of a scheduler",
                        pickle ->
                                pickle.global("__builtin__", "getattr")
                                        .global("torch.optim.lr_scheduler", "OneCycleLR")
                                        .text("_annealing_cos")
                                        .raw(0x86)
                                        .raw("R")),
                object(
                        "a method of a scheduler in protocol 4",
                        pickle ->
                                pickle.text("torch.optim.lr_scheduler")
                                        .text("OneCycleLR._annealing_cos")
                                        .raw(0x93)),
                object(
                        "a time zone",
                        pickle ->
                                pickle.global("builtins", "getattr")
                                        .global("zoneinfo", "ZoneInfo")
                                        .text("_unpickle")
                                        .raw(0x86)
                                        .raw("R")
                                        .text("UTC")
                                        .raw("K\1")
                                        .raw(0x86)
                                        .raw("R")),
                object(
                        "an object of an old class",
                        pickle ->
                                pickle.global("copy_reg", "_reconstructor")
                                        .global("argparse", "Namespace")
                                        .global("__builtin__", "object")
                                        .raw("N")
                                        .raw(0x87)
                                        .raw("R}b")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objects")
    void passesOverObjectsThatHoldData(String what, Part object) throws IOException {
        try (PyTorchFile source = openBeside(object)) {
            assertThat(source.tensors()).as(what).containsOnlyKeys("conv.weight");
            assertThat(TorchWriter.values(source, "conv.weight")).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(source.notes()).isEmpty();
        }
    }

    static List<Arguments> code() {
        return List.of(
                Arguments.of(
                        "os.system",
                        part(p -> p.global("os", "system").text("id").raw(0x85).raw("R"))),
                Arguments.of(
                        "builtins.eval",
                        part(
                                p ->
                                        p.global("collections", "defaultdict")
                                                .global("builtins", "eval")
                                                .raw(0x85)
                                                .raw("R"))),
                Arguments.of(
                        "__main__.Net", part(p -> p.global("__main__", "Net").raw(")").raw(0x81))),
                Arguments.of(
                        "builtins.getattr",
                        part(
                                p ->
                                        p.global("builtins", "getattr")
                                                .global("torch.optim.lr_scheduler", "OneCycleLR")
                                                .text("__init__")
                                                .raw(0x86)
                                                .raw("R"))),
                Arguments.of(
                        "__builtin__.getattr",
                        part(
                                p ->
                                        p.global("__builtin__", "getattr")
                                                .global("numpy", "dtype")
                                                .text("type")
                                                .raw(0x86)
                                                .raw("R"))),
                Arguments.of("builtins.getattr", part(p -> p.global("builtins", "getattr"))));
    }

    private static Part part(Part part) {
        return part;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("code")
    void refusesWhatWouldRunCode(String name, Part object) {
        assertThatThrownBy(() -> openBeside(object))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        "x.pth cannot be read as a PyTorch checkpoint: it names %s, which weights do not need; save a state_dict() alone"
                                .formatted(name));
    }

    static List<Arguments> places() {
        return List.of(
                Arguments.of("weights", part(p -> stateDict(p.raw("}").text("weights")).raw("s"))),
                Arguments.of(
                        "a.params",
                        part(
                                p ->
                                        stateDict(p.raw("}").text("a").raw("}").text("params"))
                                                .raw("ss"))),
                Arguments.of("0", part(p -> stateDict(p.raw("]")).raw("a"))),
                Arguments.of("0", part(p -> stateDict(p).raw("K\3").raw(0x86))),
                Arguments.of(
                        "nets.1",
                        part(p -> stateDict(p.raw("}").text("nets").raw("(N")).raw("ls"))),
                Arguments.of(
                        "params",
                        part(
                                p ->
                                        stateDict(
                                                        stateDict(p.raw("}(").text("params_ema"))
                                                                .text("params"))
                                                .raw("u"))),
                Arguments.of(
                        "params_ema", part(p -> stateDict(p.raw("}").text("params_ema")).raw("s"))),
                Arguments.of(
                        "weights", // not the states of an optimizer, nor a metric of a file
                        part(
                                p ->
                                        weights(
                                                        weights(
                                                                        stateDict(
                                                                                        p.raw("}(")
                                                                                                .text(
                                                                                                        "weights"))
                                                                                .text("optimizer"),
                                                                        "momentum_buffer",
                                                                        6)
                                                                .text("best"),
                                                        "last.ckpt")
                                                .text("best_prec")
                                                .tensor("FloatStorage", "0", 6, 0, new long[0])
                                                .raw("u"))));
    }

    @ParameterizedTest
    @MethodSource("places")
    void takesTheOnlyStateDictWhereverItIs(String keys, Part content) throws IOException {
        try (PyTorchFile source = open(content)) {
            assertThat(source.tensors()).containsOnlyKeys("conv.weight");
            assertThat(source.notes()).containsExactly("its tensors are those under " + keys);
        }
    }

    @Test
    void takesThePairsOfAList() throws IOException {
        try (PyTorchFile source =
                open(
                        pickle ->
                                pickle.raw("](")
                                        .text("w")
                                        .tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                                        .raw(0x86)
                                        .raw("e"))) {
            assertThat(source.tensors()).containsOnlyKeys("w");
        }
    }

    static List<Arguments> others() {
        Part tensor = p -> p.tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1);
        return List.of(
                Arguments.of(part(p -> p.raw("}")), "it is an empty dict"),
                Arguments.of(
                        part(p -> tensor.apply(p.raw("}K\1")).raw("s")),
                        "its tensors are numbered and have no names; save a state_dict()"),
                Arguments.of(
                        part(p -> tensor.apply(p.raw("]")).raw("a")),
                        "its tensors are in a list and have no names; save a state_dict()"),
                Arguments.of(tensor, "it is a single tensor"),
                Arguments.of(
                        part(
                                p ->
                                        p.raw("}")
                                                .text("conv.weight")
                                                .global("numpy.core.multiarray", "_reconstruct")
                                                .raw(")Rs")),
                        "its values are arrays of NumPy; save tensors, torch.from_numpy(array)"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void saysWhatItHoldsInstead(Part content, String what) {
        assertThatThrownBy(() -> open(content))
                .hasMessage(
                        "x.pth cannot be read as a PyTorch checkpoint: it holds no state dict; "
                                + what);
    }

    @Test
    void refusesTwoStateDictsUnderKeysThatSayNothing() {
        Part two = p -> stateDict(stateDict(p.raw("}(").text("netG")).text("netD")).raw("u");
        assertThatThrownBy(() -> open(two))
                .hasMessageEndingWith(
                        ": it holds 2 state dicts; save one of them alone: netG, netD");
    }

    @Test
    void refusesMoreTensorsThanAnyNetworkHas() {
        HandMadePickle pickle = new HandMadePickle().raw("}(").text("a");
        pickle.tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1).raw("q\1");
        for (int i = 0; i < StoredTensors.MOST_TENSORS; i++) {
            pickle.text("b" + i).raw("h\1");
        }
        byte[] file = TorchWriter.archive(pickle.raw("u").stop(), SIX).zip();
        assertThatThrownBy(() -> TorchWriter.open(file))
                .hasMessageEndingWith(": it must have at most 65536 tensors, found 65537");
    }

    @Test
    void countsALongTextAsItsMemory() {
        byte[] text = new HandMadePickle().text("a".repeat(34 << 20)).stop();
        byte[] file = TorchWriter.archive(text).zip();
        assertThatThrownBy(() -> TorchWriter.open(file))
                .hasMessageEndingWith(
                        ": its pickle has more than " + PickleMachine.MOST_VALUES + " values");
    }
}
