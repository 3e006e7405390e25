package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.efficientzoo.zoo.weights.Pickled.Global;

/**
 * The names of Python that a checkpoint may contain: those of tensors, and of the plain data that
 * training scripts store beside them. They are compared, never looked up.
 *
 * <p>The list is that of {@code torch.load(weights_only=True)} without tensors of other kinds, and
 * with NumPy's numbers and the namespace of {@code argparse}.
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
                    "numpy.dtype",
                    "numpy.core.multiarray.scalar",
                    "numpy._core.multiarray.scalar");

    private static final Set<String> ALLOWED =
            Stream.of(
                            REBUILDS.stream(),
                            DATA.stream(),
                            UNTYPED.stream().map(Global::toString),
                            Stream.of(DTYPES, STORAGES, OTHER_STORAGES)
                                    .flatMap(names -> names.keySet().stream())
                                    .map(name -> "torch." + name),
                            OTHER_DTYPES.stream().map(name -> "torch." + name))
                    .flatMap(names -> names)
                    .collect(Collectors.toUnmodifiableSet());

    private TorchNames() {}

    static boolean isAllowed(Global global) {
        return ALLOWED.contains(global.toString());
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
