package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.efficientzoo.zoo.weights.Pickled.Big;
import org.efficientzoo.zoo.weights.Pickled.Call;
import org.efficientzoo.zoo.weights.Pickled.Constant;
import org.efficientzoo.zoo.weights.Pickled.Dict;
import org.efficientzoo.zoo.weights.Pickled.Global;
import org.efficientzoo.zoo.weights.Pickled.Int;
import org.efficientzoo.zoo.weights.Pickled.Real;
import org.efficientzoo.zoo.weights.Pickled.Sequence;
import org.efficientzoo.zoo.weights.Pickled.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pickles give plain values or a line that says what is wrong, and never run anything. */
class PickleMachineTest {

    private static Pickled read(byte[] pickle) throws Malformed {
        return PickleMachine.read(ByteBuffer.wrap(pickle), TorchNames::isAllowed).value();
    }

    private static Pickled read(HandMadePickle pickle) throws Malformed {
        return read(pickle.stop());
    }

    private static HandMadePickle pickle() {
        return new HandMadePickle();
    }

    static List<Arguments> scalars() {
        return List.of(
                Arguments.of(pickle().raw("N"), Constant.NONE),
                Arguments.of(pickle().raw(0x88), Constant.TRUE),
                Arguments.of(pickle().raw(0x89), Constant.FALSE),
                Arguments.of(pickle().raw('K', 255), new Int(255)),
                Arguments.of(pickle().raw('M', 255, 255), new Int(65535)),
                Arguments.of(pickle().raw("J").int4(-2), new Int(-2)),
                Arguments.of(pickle().raw(0x8a, 0), new Int(0)),
                Arguments.of(pickle().raw(0x8a, 1, 0xff), new Int(-1)),
                Arguments.of(pickle().raw(0x8a, 2, 0xff, 0), new Int(255)),
                Arguments.of(pickle().integer(Long.MIN_VALUE), new Int(Long.MIN_VALUE)),
                Arguments.of(
                        pickle().raw(0x8b).int4(9).int8(0).raw(1),
                        new Big(BigInteger.ONE.shiftLeft(64))),
                Arguments.of(pickle().raw('G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0), new Real(1.5)),
                Arguments.of(pickle().text("größe"), new Text("größe")),
                Arguments.of(pickle().raw(0x8c, 1, 'a'), new Text("a")),
                Arguments.of(pickle().raw(0x8d).int8(1).raw("a"), new Text("a")),
                Arguments.of(pickle().raw('U', 2, 0xc3, 0xa9), new Text("é")),
                Arguments.of(pickle().raw('U', 1, 0xe9), new Text("é")),
                Arguments.of(pickle().raw("T").int4(1).raw("a"), new Text("a")),
                Arguments.of(pickle().raw('C', 2, 0, 255), Constant.BYTES),
                Arguments.of(pickle().raw("B").int4(2).raw(0, 255), Constant.BYTES),
                Arguments.of(pickle().raw(0x8e).int8(2).raw(0, 255), Constant.BYTES),
                Arguments.of(pickle().raw(0x96).int8(2).raw(0, 255), Constant.BYTES),
                Arguments.of(pickle().raw(0x95).int8(2).raw("N"), Constant.NONE),
                Arguments.of(pickle().raw("NN0"), Constant.NONE),
                Arguments.of(pickle().raw("N(NN1"), Constant.NONE),
                Arguments.of(pickle().raw(0x88).raw("q\7Nr\7\0\0\0" + "0h\7"), Constant.NONE),
                Arguments.of(pickle().raw(0x88, 0x94).raw("0h\0"), Constant.TRUE),
                Arguments.of(
                        pickle().text("torch").text("Size").raw(0x93),
                        new Global("torch", "Size")));
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void readsScalars(HandMadePickle pickle, Pickled value) throws Malformed {
        assertThat(read(pickle)).isEqualTo(value);
    }

    static List<Arguments> sequences() {
        return List.of(
                Arguments.of(pickle().raw(")"), true, 0),
                Arguments.of(pickle().raw("N").raw(0x85), true, 1),
                Arguments.of(pickle().raw("NN").raw(0x86), true, 2),
                Arguments.of(pickle().raw("NNN").raw(0x87), true, 3),
                Arguments.of(pickle().raw("(NNNNt"), true, 4),
                Arguments.of(pickle().raw("]"), false, 0),
                Arguments.of(pickle().raw("]Na"), false, 1),
                Arguments.of(pickle().raw("](NNe"), false, 2),
                Arguments.of(pickle().raw("(NNNl"), false, 3),
                Arguments.of(pickle().raw(0x8f).raw("(NN").raw(0x90), false, 2),
                Arguments.of(pickle().raw("(N").raw(0x91), false, 1));
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void readsTuplesListsAndSets(HandMadePickle pickle, boolean isTuple, int size)
            throws Malformed {
        Sequence sequence = (Sequence) read(pickle);
        assertThat(sequence.isTuple()).isEqualTo(isTuple);
        assertThat(sequence.size()).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({"}, 0", "}NNs, 1", "}(NNNNu, 2", "(NNNNd, 2"})
    void readsDicts(String operations, int size) throws Malformed {
        assertThat(((Dict) read(pickle().raw(operations))).size()).isEqualTo(size);
    }

    @Test
    void readsAnOrderedDictAsADict() throws Malformed {
        Dict dict =
                (Dict)
                        read(
                                pickle().global("collections", "OrderedDict")
                                        .raw(")R")
                                        .text("a")
                                        .raw("Ns}")
                                        .text("_metadata")
                                        .raw("Nsb"));
        assertThat(dict.size()).isEqualTo(1);
        assertThat(dict.name(0)).contains("a");
        assertThat(dict.value(0)).isEqualTo(Constant.NONE);
    }

    @Test
    void readsAnOrderedDictOfPython2() throws Malformed {
        Dict dict =
                (Dict)
                        read(
                                pickle().global("collections", "OrderedDict")
                                        .raw("](](")
                                        .text("a")
                                        .raw("Nee")
                                        .raw(0x85)
                                        .raw("R"));
        assertThat(dict.name(0)).contains("a");
    }

    @Test
    void keepsACallAsItsNameAndArguments() throws Malformed {
        Call call = (Call) read(pickle().global("torch", "device").text("cpu").raw(0x85).raw("R"));
        assertThat(call.function()).isEqualTo(new Global("torch", "device"));
        assertThat(call.arguments().get(0)).isEqualTo(new Text("cpu"));
    }

    @Test
    void keepsReferencesInTheirOrder() throws Malformed {
        byte[] pickle = pickle().raw("(NQ").raw(0x88).raw("Qt").stop();
        PickleMachine.Result result =
                PickleMachine.read(ByteBuffer.wrap(pickle), TorchNames::isAllowed);
        assertThat(result.references())
                .extracting(Pickled.Reference::id)
                .containsExactly(Constant.NONE, Constant.TRUE);
    }

    @Test
    void readsOnePickleAfterAnother() throws Malformed {
        byte[] pickle = pickle().raw("N").stop();
        ByteBuffer two = ByteBuffer.allocate(2 * pickle.length).put(pickle).put(pickle).flip();
        PickleMachine.read(two, TorchNames::isAllowed);
        assertThat(two.position()).isEqualTo(pickle.length);
        PickleMachine.read(two, TorchNames::isAllowed);
        assertThat(two.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "posix, system",
        "nt, system",
        "subprocess, Popen",
        "builtins, eval",
        "builtins, exec",
        "__builtin__, getattr",
        "torch, load",
        "torch.hub, load",
        "torch.serialization, load",
        "numpy, load",
        "builtins, type",
        "builtins, __import__",
        "builtins, getattr",
        "builtins, open",
        "codecs, open",
        "functools, partial",
        "importlib, import_module",
        "operator, attrgetter",
        "operator, methodcaller",
        "pickle, loads",
        "posixpath, join",
        "runpy, run_path",
        "shutil, rmtree",
        "timeit, timeit",
        "webbrowser, open",
        "torch.storage, _load_from_bytes",
        "torch.optim.sgd, sgd",
        "torch.optim.lr_scheduler, OneCycleLR.step",
        "numpy, fromfile",
        "numpy, memmap",
        "numpy.testing._private.utils, runstring",
        "numpy.f2py, crackfortran",
        "omegaconf, OmegaConf",
        "omegaconf.omegaconf, OmegaConf.load",
        "pathlib, Path.unlink",
        "mmengine.logging, os",
        "lightning.pytorch.callbacks, os.system",
        "collections, namedtuple",
        "java.lang, ProcessBuilder",
        "org.efficientzoo.zoo.weights, StateDict",
        "torch.nn.modules.linear, Linear",
        "collections.OrderedDict, fromkeys",
        "collections, OrderedDict.fromkeys",
        "torch, FloatStorage.from_file"
    })
    void refusesNamesThatWeightsDoNotNeed(String module, String name) {
        String message =
                "it names %s.%s, which weights do not need; save a state_dict() alone"
                        .formatted(module, name);
        assertThatThrownBy(() -> read(pickle().global(module, name).text("id").raw(0x85).raw("R")))
                .isExactlyInstanceOf(Malformed.class)
                .hasMessage(message);
        assertThatThrownBy(() -> read(pickle().text(module).text(name).raw(0x93)))
                .isExactlyInstanceOf(Malformed.class)
                .hasMessage(message);
    }

    static List<Arguments> attacks() {
        String empty = "its pickle takes from an empty stack";
        String noFunction = "its pickle calls what is no function";
        String size = Integer.toString(PickleMachine.MOST_VALUES);
        return List.of(
                Arguments.of("nothing", pickle(), empty),
                Arguments.of("pop of nothing", pickle().raw("0"), empty),
                Arguments.of("mark of nothing", pickle().raw("t"), empty),
                Arguments.of("pop below a mark", pickle().raw("N(0"), empty),
                Arguments.of("tuple below a mark", pickle().raw("N(N").raw(0x86), empty),
                Arguments.of("memo of nothing", pickle().raw("q\0"), empty),
                Arguments.of(
                        "unknown memo",
                        pickle().raw("h\1"),
                        "its pickle recalls 1, which it never stored"),
                Arguments.of("call of text", pickle().text("os.system").raw(")R"), noFunction),
                Arguments.of(
                        "call of a call", pickle().global("torch", "Size").raw(")R)R"), noFunction),
                Arguments.of(
                        "call with a list", pickle().global("torch", "Size").raw("]R"), noFunction),
                Arguments.of("new object of a number", pickle().raw("N)").raw(0x81), noFunction),
                Arguments.of(
                        "attributes of text",
                        pickle().text("a").raw("}b"),
                        "its pickle gives attributes to what has none"),
                Arguments.of(
                        "append to a tuple",
                        pickle().raw(")Na"),
                        "its pickle appends to what is no list"),
                Arguments.of(
                        "item of a list",
                        pickle().raw("]NNs"),
                        "its pickle sets items of what is no dict"),
                Arguments.of(
                        "key without value",
                        pickle().raw("}(Nu"),
                        "its pickle sets items of what is no dict"),
                Arguments.of(
                        "name of a number",
                        pickle().raw("NN").raw(0x93),
                        "its pickle has a name that is no text"),
                Arguments.of(
                        "instance of protocol 0",
                        pickle().raw("(ios\nsystem\n"),
                        "its pickle has the operation 0x69 at byte 3, which is not read"),
                Arguments.of(
                        "extension registry",
                        pickle().raw(0x82, 1),
                        "its pickle has the operation 0x82 at byte 2, which is not read"),
                Arguments.of(
                        "protocol 6",
                        pickle().raw(0x80, 6),
                        "its pickle must have a protocol of at most 5, found 6"),
                Arguments.of(
                        "endless name",
                        pickle().raw("c").raw("a".repeat(2000)),
                        "its pickle has a name of more than 1000 bytes"),
                Arguments.of(
                        "broken UTF-8",
                        pickle().raw(0x8c, 1, 0xff),
                        "its pickle has text that is not UTF-8"),
                Arguments.of(
                        "OrderedDict of text",
                        pickle().global("collections", "OrderedDict").text("a").raw(0x85).raw("R"),
                        "its pickle has an OrderedDict of no pairs"),
                lies("text", pickle().raw("X").int4(-1), 4294967295L, 7),
                lies("long text", pickle().raw(0x8d).int8(Long.MAX_VALUE), Long.MAX_VALUE, 11),
                lies("negative text", pickle().raw(0x8d).int8(-1), -1, 11),
                lies("old text", pickle().raw("T").int4(-1), -1, 7),
                lies("bytes", pickle().raw("B").int4(Integer.MAX_VALUE), Integer.MAX_VALUE, 7),
                lies("long bytes", pickle().raw(0x8e).int8(1L << 32), 1L << 32, 11),
                lies("byte array", pickle().raw(0x96).int8(-8), -8, 11),
                lies("integer", pickle().raw(0x8b).int4(Integer.MAX_VALUE), Integer.MAX_VALUE, 7),
                lies("negative integer", pickle().raw(0x8b).int4(-1), -1, 7),
                lies("frame", pickle().raw(0x95).int8(1L << 40), 1L << 40, 11),
                Arguments.of(
                        "values without end",
                        pickle().raw("N".repeat(PickleMachine.MOST_VALUES + 1)),
                        "its pickle has more than " + size + " values"),
                Arguments.of(
                        "marks without end",
                        pickle().raw("(".repeat(PickleMachine.MOST_VALUES + 1)),
                        "its pickle has more than " + size + " values"),
                Arguments.of(
                        "a bomb of copied lists",
                        bomb(),
                        "its pickle has more than " + size + " values"));
    }

    /** A length that promises more than the one byte that follows. */
    private static Arguments lies(String what, HandMadePickle pickle, long length, int at) {
        String message = "its pickle needs %d bytes from %d on, found 1".formatted(length, at);
        return Arguments.of("lying length of " + what, pickle, message);
    }

    /** A list of pairs, made into a dict again and again. */
    private static HandMadePickle bomb() {
        HandMadePickle pickle = pickle().raw("NN").raw(0x86).raw("q\0").raw("](");
        pickle.raw("h\0".repeat(1000)).raw("eq\1").global("collections", "OrderedDict");
        pickle.raw("q\2");
        for (int i = 0; i < 3000; i++) {
            pickle.raw("h\2h\1").raw(0x85).raw("R0");
        }
        return pickle;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void saysInOneLineWhatIsWrong(String what, HandMadePickle pickle, String message) {
        assertThatThrownBy(() -> read(pickle.stop()))
                .as(what)
                .isExactlyInstanceOf(Malformed.class)
                .hasMessage(message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void allocatesNoMoreThanTheBytesAndTheLimit(
            String what, HandMadePickle pickle, String message) {
        byte[] bytes = pickle.bytes();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(Malformed.class);
        long limit = message.endsWith(" values") ? 50L * PickleMachine.MOST_VALUES : 0;
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as(what)
                .isLessThan(2_000_000 + 50L * bytes.length + limit);
    }

    @Test
    void readsAMillionListsOneInAnother() throws Malformed {
        int depth = 1_000_000;
        Pickled value = read(pickle().raw("]".repeat(depth)).raw("a".repeat(depth - 1)));
        for (int i = 1; i < depth; i++) {
            value = ((Sequence) value).get(0);
        }
        assertThat(((Sequence) value).size()).isZero();
    }

    @Test
    void readsAListThatHoldsItself() throws Malformed {
        Sequence list = (Sequence) read(pickle().raw("]q\0h\0a"));
        assertThat(list.get(0)).isSameAs(list);
    }

    @Test
    void sharesWhatAMemoBombNamesAgain() throws Malformed {
        HandMadePickle pickle = pickle().raw("]");
        for (int i = 0; i < 100; i++) { // a list of ten times the list before: 10^100 elements
            pickle.raw('q', i).raw("0](").raw(("h" + (char) i).repeat(10)).raw("e");
        }
        assertThat(((Sequence) read(pickle)).size()).isEqualTo(10);
    }
}
