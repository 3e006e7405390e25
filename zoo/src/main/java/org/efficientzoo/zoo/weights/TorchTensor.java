package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.zoo.weights.Pickled.Call;
import org.efficientzoo.zoo.weights.Pickled.Dict;
import org.efficientzoo.zoo.weights.Pickled.Global;
import org.efficientzoo.zoo.weights.Pickled.Int;
import org.efficientzoo.zoo.weights.Pickled.Reference;
import org.efficientzoo.zoo.weights.Pickled.Sequence;

/**
 * What the pickle says of a tensor.
 *
 * @param storage the storage that holds its values
 * @param type the type of the values
 * @param layout where they lie in the storage
 */
record TorchTensor(StorageId storage, DataType type, Layout layout) {

    private static final int MOST_WRAPPINGS = 4; // a parameter with attributes has two

    /** Whether a value stands for a tensor. */
    static boolean isTensor(Pickled value) {
        return value instanceof Call call && TorchNames.isRebuild(call.function());
    }

    /** Reads a value that stands for a tensor. */
    static TorchTensor of(Pickled value) throws Malformed {
        Pickled inner = value;
        for (int i = 0; i < MOST_WRAPPINGS; i++) {
            if (!(inner instanceof Call call)) {
                break;
            }
            Sequence arguments = call.arguments();
            switch (call.function().name()) {
                case "_rebuild_tensor" -> {
                    return of(arguments, 4, 4);
                }
                case "_rebuild_tensor_v2" -> {
                    return of(arguments, 6, 7);
                }
                case "_rebuild_tensor_v3" -> {
                    return of(arguments, 7, 8);
                }
                case "_rebuild_parameter", "_rebuild_parameter_with_state" ->
                        inner = argument(arguments, 0);
                case "_rebuild_from_type_v2" -> inner = made(arguments);
                case "_rebuild_qtensor" -> throw new Malformed("it is quantised");
                case "_rebuild_sparse_tensor" -> throw new Malformed("it is sparse");
                default -> inner = Pickled.Constant.NONE;
            }
        }
        throw new Malformed("it is made in a way that is not known");
    }

    private static Pickled argument(Sequence arguments, int index) throws Malformed {
        if (index >= arguments.size()) {
            throw new Malformed("it lacks arguments");
        }
        return arguments.get(index);
    }

    /** A tensor with attributes: function, type, arguments, attributes. */
    private static Call made(Sequence arguments) throws Malformed {
        if (argument(arguments, 0) instanceof Global function
                && argument(arguments, 2) instanceof Sequence inner) {
            return new Call(function, inner);
        }
        throw new Malformed("it lacks arguments");
    }

    private static TorchTensor of(Sequence arguments, int least, int most) throws Malformed {
        if (arguments.size() < least
                || arguments.size() > most
                || !(arguments.get(0) instanceof Reference reference)
                || !(arguments.get(1) instanceof Int offset)) {
            throw new Malformed("it has no storage");
        }
        if (arguments.size() == most
                && arguments.get(most - 1) instanceof Dict flags
                && flags.size() > 0) {
            throw new Malformed("it is conjugated or negated, to be worked out when it is used");
        }
        StorageId storage = StorageId.of(reference);
        Layout layout = Layout.of(offset.value(), longs(arguments.get(2)), longs(arguments.get(3)));
        Pickled named = least == 7 ? arguments.get(6) : storage.type();
        if (!(named instanceof Global name)) {
            throw new Malformed("it has no dtype");
        }
        DataType type =
                (least == 7 ? TorchNames.dtype(name) : TorchNames.storage(name))
                        .orElseThrow(
                                () ->
                                        new Malformed(
                                                "its values are of the type %s".formatted(name)));
        return new TorchTensor(storage, type, layout);
    }

    /** A tuple of integers, or a {@code torch.Size} of one. */
    private static List<Long> longs(Pickled value) throws Malformed {
        Pickled tuple =
                value instanceof Call size && size.function().name().equals("Size")
                        ? argument(size.arguments(), 0)
                        : value;
        List<Long> longs = new ArrayList<>();
        if (tuple instanceof Sequence sequence && sequence.size() <= Layout.MOST_DIMENSIONS) {
            for (int i = 0; i < sequence.size(); i++) {
                if (sequence.get(i) instanceof Int number) {
                    longs.add(number.value());
                }
            }
            if (longs.size() == sequence.size()) {
                return longs;
            }
        }
        throw new Malformed("its shape or strides are no list of integers");
    }
}
