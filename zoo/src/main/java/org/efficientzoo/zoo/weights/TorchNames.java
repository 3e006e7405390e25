package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.efficientzoo.zoo.weights.Pickled.Global;

/**
 * The names of Python that a checkpoint may contain: those of tensors, and of the data that
 * training scripts store beside them. They are compared, never looked up.
 *
 * <p>For tensors the list is that of {@code torch.load(weights_only=True)} without tensors of other
 * kinds. Beside them may lie objects of classes that hold data and do nothing when Python makes
 * them: those of the standard library and NumPy, settings of training programs, optimizers and
 * schedulers. Such an object is kept as its name and arguments, and nothing in it is looked at. A
 * list of what is harmless is short and can be checked; a list of what is harmful never ends. So
 * every other name is refused, wherever it stands: in Python it may run code.
 */
final class TorchNames {

    private static final Map<String, DataType> DTYPES =
            Map.of(
                    "float64", DataType.FLOAT64,
                    "float32", DataType.FLOAT32,
                    "float16", DataType.FLOAT16,
                    "bfloat16", DataType.BFLOAT16,
                    "int64", DataType.INT64,
                    "int32", DataType.INT32,
                    "int16", DataType.INT16,
                    "int8", DataType.INT8,
                    "uint8", DataType.UINT8,
                    "bool", DataType.BOOLEAN);

    private static final Set<String> OTHER_DTYPES =
            Set.of(
                    "complex32",
                    "complex64",
                    "complex128",
                    "qint8",
                    "quint8",
                    "qint32",
                    "quint4x2",
                    "quint2x4",
                    "uint16",
                    "uint32",
                    "uint64",
                    "float8_e4m3fn",
                    "float8_e5m2",
                    "float8_e4m3fnuz",
                    "float8_e5m2fnuz",
                    "float8_e8m0fnu",
                    "float4_e2m1fn_x2");

    private static final Map<String, DataType> STORAGES =
            Map.of(
                    "DoubleStorage", DataType.FLOAT64,
                    "FloatStorage", DataType.FLOAT32,
                    "HalfStorage", DataType.FLOAT16,
                    "BFloat16Storage", DataType.BFLOAT16,
                    "LongStorage", DataType.INT64,
                    "IntStorage", DataType.INT32,
                    "ShortStorage", DataType.INT16,
                    "CharStorage", DataType.INT8,
                    "ByteStorage", DataType.UINT8,
                    "BoolStorage", DataType.BOOLEAN);

    /** Storages that are passed over, and the bytes of an element. */
    private static final Map<String, Integer> OTHER_STORAGES =
            Map.of(
                    "ComplexFloatStorage", 8,
                    "ComplexDoubleStorage", 16,
                    "QInt8Storage", 1,
                    "QUInt8Storage", 1,
                    "QInt32Storage", 4,
                    "QUInt4x2Storage", 1,
                    "QUInt2x4Storage", 1);

    private static final Set<Global> UNTYPED =
            Set.of(
                    new Global("torch", "UntypedStorage"),
                    new Global("torch", "_UntypedStorage"),
                    new Global("torch.storage", "UntypedStorage"),
                    new Global("torch.storage", "_UntypedStorage"));

    private static final Set<String> REBUILDS =
            Set.of(
                    "torch._utils._rebuild_tensor",
                    "torch._utils._rebuild_tensor_v2",
                    "torch._utils._rebuild_tensor_v3",
                    "torch._utils._rebuild_parameter",
                    "torch._utils._rebuild_parameter_with_state",
                    "torch._utils._rebuild_qtensor",
                    "torch._utils._rebuild_sparse_tensor",
                    "torch._tensor._rebuild_from_type_v2");

    private static final Set<String> DATA =
            Set.of(
                    "collections.OrderedDict",
                    "collections.Counter",
                    "builtins.set",
                    "__builtin__.set",
                    "argparse.Namespace",
                    "torch.Size",
                    "torch.device",
                    "torch.Tensor",
                    "torch.nn.parameter.Parameter",
                    "torch.serialization._get_layout",
                    "torch.per_tensor_affine",
                    "torch.per_channel_affine",
                    "_codecs.encode",
                    "collections.defaultdict",
                    "collections.deque",
                    "copyreg._reconstructor",
                    "copy_reg._reconstructor",
                    "datetime.date",
                    "datetime.datetime",
                    "datetime.time",
                    "datetime.timedelta",
                    "datetime.timezone",
                    "decimal.Decimal",
                    "fractions.Fraction",
                    "random.Random",
                    "types.SimpleNamespace",
                    "uuid.UUID",
                    "zoneinfo.ZoneInfo",
                    "torch.dtype",
                    "torch._utils._rebuild_device_tensor_from_numpy",
                    "torch._utils._rebuild_xla_tensor",
                    "torch.channels_last",
                    "torch.channels_last_3d",
                    "torch.contiguous_format",
                    "torch.preserve_format",
                    "torch.cuda.amp.grad_scaler.GradScaler",
                    "torch.cuda.amp.grad_scaler.OptState",
                    "torch.amp.grad_scaler.GradScaler",
                    "torch.amp.grad_scaler.OptState",
                    "torch.cuda.amp.grad_scaler._refresh_per_optimizer_state",
                    "torch.amp.grad_scaler._refresh_per_optimizer_state",
                    "operator.getitem", // typing.Optional[int] is made of it
                    "_operator.getitem",
                    "mmengine.logging.history_buffer.HistoryBuffer");

    private static final Set<String> BUILTINS =
            Set.of(
                    "Ellipsis",
                    "NotImplemented",
                    "bool",
                    "bytearray",
                    "bytes",
                    "complex",
                    "dict",
                    "float",
                    "frozenset",
                    "int",
                    "list",
                    "object",
                    "range",
                    "slice",
                    "str",
                    "tuple",
                    "unicode",
                    "xrange");

    /** Of NumPy: arrays, numbers and generators of random ones. */
    private static final Pattern NUMPY =
            Pattern.compile(
                    "numpy\\.(dtype|ndarray|matrix|record|rec\\.recarray|bool_?|u?int(8|16|32|64)"
                            + "|float(16|32|64)|_?core\\.multiarray\\.(scalar|_reconstruct)"
                            + "|_?core\\.numeric\\._frombuffer"
                            + "|ma(\\.core)?\\.(MaskedArray|MaskedConstant|_mareconstruct)"
                            + "|dtypes\\.\\w+DType"
                            + "|random\\._pickle\\.__(bit_generator|generator|randomstate)_ctor"
                            + "|random\\._\\w+\\.(MT19937|PCG64|PCG64DXSM|Philox|SFC64)"
                            + "|random\\.bit_generator\\.(SeedSequence|__pyx_unpickle_SeedSequence))");

    private static final Pattern PATHS =
            Pattern.compile("pathlib(\\._local)?\\.(Pure)?(Posix|Windows)?Path");

    /** Classes of settings that are dicts, also where a state dict is one of them. */
    private static final Pattern DICTS =
            Pattern.compile(
                    "collections\\.(OrderedDict|defaultdict)"
                            + "|(lightning|pytorch_lightning|lightning_fabric|lightning_lite)\\.[\\w.]*\\.AttributeDict"
                            + "|(mmcv|mmengine)\\.(utils\\.)?config(\\.config)?\\.ConfigDict"
                            + "|(yacs|fvcore\\.common|detectron2\\.config)\\.config\\.CfgNode"
                            + "|easydict\\.EasyDict|addict\\.addict\\.Dict|munch\\.Munch");

    /** OmegaConf and what its nodes say of types; Lightning's names of callbacks. */
    private static final Pattern SETTINGS =
            Pattern.compile(
                    "omegaconf\\.(dictconfig\\.DictConfig|listconfig\\.ListConfig"
                            + "|base\\.(ContainerMetadata|Metadata|SCMode)|nodes\\.\\w+Node)"
                            + "|typing\\.(Any|Optional|Union|List|Dict|Tuple|Sequence|Mapping)"
                            + "|(lightning\\.pytorch|pytorch_lightning)\\.callbacks(\\.[a-z_]+)*\\.[A-Z]\\w*");

    private static final Pattern OPTIMIZERS =
            Pattern.compile("torch\\.optim(\\.[a-z_]+)*\\.[A-Z]\\w*(\\._annealing_\\w+)?");

    private static final Set<String> GETTERS = Set.of("builtins.getattr", "__builtin__.getattr");
    private static final Pattern GOT = // a method of a scheduler, how a time zone is made
            Pattern.compile(
                    "torch\\.optim\\.lr_scheduler\\.[A-Z]\\w*:_?[a-z]\\w*"
                            + "|zoneinfo\\.ZoneInfo:_unpickle");

    private static final Set<String> ALLOWED =
            Stream.of(
                            REBUILDS.stream(),
                            DATA.stream(),
                            BUILTINS.stream().map(name -> "builtins." + name),
                            BUILTINS.stream().map(name -> "__builtin__." + name),
                            UNTYPED.stream().map(Global::toString),
                            Stream.of(DTYPES, STORAGES, OTHER_STORAGES)
                                    .flatMap(names -> names.keySet().stream())
                                    .map(name -> "torch." + name),
                            OTHER_DTYPES.stream().map(name -> "torch." + name))
                    .flatMap(names -> names)
                    .collect(Collectors.toUnmodifiableSet());

    private static final List<Pattern> PATTERNS =
            List.of(NUMPY, PATHS, DICTS, SETTINGS, OPTIMIZERS);

    private static final Set<String> ARRAYS = Set.of("_reconstruct", "_frombuffer");

    private TorchNames() {}

    static boolean isAllowed(Global global) {
        String name = global.toString();
        return ALLOWED.contains(name)
                || PATTERNS.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    /** Whether a call of this makes a dict, whose items follow. */
    static boolean isDict(Global global) {
        return DICTS.matcher(global.toString()).matches();
    }

    /** Whether this gets a method, which {@link #isMethod} has to allow. */
    static boolean isGetter(Global global) {
        return GETTERS.contains(global.toString());
    }

    static boolean isMethod(Global owner, String name) {
        return GOT.matcher(owner + ":" + name).matches();
    }

    /** Whether a call of this makes an array of NumPy. */
    static boolean isArray(Global global) {
        return (ARRAYS.contains(global.name()) && global.module().startsWith("numpy."))
                || global.name().equals("_rebuild_device_tensor_from_numpy")
                || global.name().equals("_rebuild_xla_tensor");
    }

    /** Whether a call of this makes a tensor. */
    static boolean isRebuild(Global global) {
        return REBUILDS.contains(global.toString());
    }

    static boolean isUntyped(Global storage) {
        return UNTYPED.contains(storage);
    }

    /** The type of the elements of a storage; empty where it is none that is read. */
    static Optional<DataType> storage(Global storage) {
        return Optional.ofNullable(STORAGES.get(storage.name()));
    }

    /**
     * The bytes of an element of a storage.
     *
     * @throws Malformed if the name is that of no storage
     */
    static int elementBytes(Global storage) throws Malformed {
        if (isUntyped(storage)) {
            return 1;
        }
        DataType type = STORAGES.get(storage.name());
        if (type != null) {
            return type.getNumOfBytes();
        }
        Integer bytes = OTHER_STORAGES.get(storage.name());
        if (bytes == null) {
            throw new Malformed(storage + " is no type of a storage");
        }
        return bytes;
    }

    /** The type of that name; empty where it is none that is read. */
    static Optional<DataType> dtype(Global name) {
        return Optional.ofNullable(DTYPES.get(name.name()));
    }
}
