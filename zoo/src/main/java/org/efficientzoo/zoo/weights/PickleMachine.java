package org.efficientzoo.zoo.weights;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.efficientzoo.zoo.weights.Pickled.Call;
import org.efficientzoo.zoo.weights.Pickled.Constant;
import org.efficientzoo.zoo.weights.Pickled.Dict;
import org.efficientzoo.zoo.weights.Pickled.Global;
import org.efficientzoo.zoo.weights.Pickled.Int;
import org.efficientzoo.zoo.weights.Pickled.Real;
import org.efficientzoo.zoo.weights.Pickled.Reference;
import org.efficientzoo.zoo.weights.Pickled.Sequence;
import org.efficientzoo.zoo.weights.Pickled.Text;

/**
 * Reads a pickle into plain values: the operations of protocols 2 to 5, as far as they name no code
 * but that of a list. Nothing is called, and an object is no more than the name of its class and
 * the arguments. Memory is bounded by {@link #MOST_VALUES}.
 *
 * @see <a href="https://github.com/python/cpython/blob/3.11/Lib/pickletools.py">the operations</a>
 */
final class PickleMachine {

    /** How many values may be pushed, marks set and memo entries made in one pickle. */
    static final int MOST_VALUES = 1 << 20; // a state dict of a thousand tensors takes 30,000

    private static final int BYTES_OF_A_VALUE = 32;

    private static final int NEWEST_PROTOCOL = 5;
    private static final Global ORDERED_DICT = new Global("collections", "OrderedDict");

    private final PickleBytes in;
    private final Predicate<Global> allowed;
    private final List<Pickled> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Pickled> memo = new HashMap<>();
    private final List<Reference> references = new ArrayList<>();
    private int values;
    private Optional<Global> unusedGetter = Optional.empty();

    /**
     * What a pickle holds.
     *
     * @param value the value
     * @param references what lies outside the pickle, in the order in which it is named
     */
    record Result(Pickled value, List<Reference> references) {}

    private PickleMachine(ByteBuffer bytes, Predicate<Global> allowed) {
        this.in = new PickleBytes(bytes);
        this.allowed = allowed;
    }

    /**
     * Reads the pickle at the buffer's position, and leaves the position behind it.
     *
     * @param allowed the names of Python that the pickle may contain
     */
    static Result read(ByteBuffer bytes, Predicate<Global> allowed) throws Malformed {
        return new PickleMachine(bytes, allowed).run();
    }

    private Result run() throws Malformed {
        while (true) {
            int at = in.position();
            int operation = in.byte1();
            if (operation == '.') {
                if (unusedGetter.isPresent()) {
                    throw notNeeded(unusedGetter.get());
                }
                return new Result(pop(), List.copyOf(references));
            }
            if (!scalar(operation) && !container(operation) && !object(operation)) {
                throw new Malformed(
                        "its pickle has the operation 0x%02x at byte %d, which is not read"
                                .formatted(operation, at));
            }
        }
    }

    private boolean scalar(int operation) throws Malformed {
        switch (operation) {
            case 0x80 -> protocol(in.byte1());
            case 0x95 -> in.expect(in.long8()); // a frame: helps those who read from a stream
            case 'N' -> push(Constant.NONE);
            case 0x88 -> push(Constant.TRUE);
            case 0x89 -> push(Constant.FALSE);
            case 'K' -> push(new Int(in.byte1()));
            case 'M' -> push(new Int(in.short2()));
            case 'J' -> push(new Int(in.int4()));
            case 0x8a -> push(in.integer(in.byte1()));
            case 0x8b -> push(in.integer(in.int4()));
            case 'G' -> push(new Real(in.real()));
            case 0x8c -> text(in.byte1());
            case 'X' -> text(in.unsigned4());
            case 0x8d -> text(in.long8());
            case 'U' -> oldText(in.byte1());
            case 'T' -> oldText(in.int4());
            case 'C' -> bytes(in.byte1());
            case 'B' -> bytes(in.unsigned4());
            case 0x8e, 0x96 -> bytes(in.long8());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int operation) throws Malformed {
        switch (operation) {
            case '(' -> {
                count(1);
                marks.add(stack.size());
            }
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case ')' -> push(Sequence.tuple(List.of()));
            case 't' -> push(Sequence.tuple(popToMark()));
            case 0x85, 0x86, 0x87 -> push(Sequence.tuple(pop(operation - 0x84)));
            case ']', 0x8f -> push(Sequence.list());
            case 'l', 0x91 -> {
                List<Pickled> items = popToMark();
                push(Sequence.list());
                append(items);
            }
            case 'a' -> append(pop(1));
            case 'e', 0x90 -> append(popToMark());
            case '}' -> push(new Dict());
            case 'd' -> {
                List<Pickled> items = popToMark();
                push(new Dict());
                putAll(items);
            }
            case 's' -> putAll(pop(2));
            case 'u' -> putAll(popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean object(int operation) throws Malformed {
        switch (operation) {
            case 'c' -> push(global(in.line(), in.line()));
            case 0x93 -> push(global(pop(2)));
            case 'R', 0x81 -> push(made(pop(2)));
            case 0x92 -> push(made(pop(3).subList(0, 2))); // arguments with names are not needed
            case 'b' -> build();
            case 'Q' -> {
                Reference reference = new Reference(pop());
                references.add(reference);
                push(reference);
            }
            case 'h' -> push(recall(in.byte1()));
            case 'j' -> push(recall(in.unsigned4()));
            case 'q' -> remember(in.byte1());
            case 'r' -> remember(in.unsigned4());
            case 0x94 -> remember(memo.size());
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void protocol(int version) throws Malformed {
        if (version > NEWEST_PROTOCOL) {
            throw new Malformed(
                    "its pickle must have a protocol of at most %d, found %d"
                            .formatted(NEWEST_PROTOCOL, version));
        }
    }

    private void text(long length) throws Malformed {
        countText(length);
        push(new Text(in.text(length)));
    }

    private void oldText(long length) throws Malformed {
        countText(length);
        push(new Text(in.oldText(length)));
    }

    /** A long text takes as much memory as so many values, and more while it is decoded. */
    private void countText(long length) throws Malformed {
        in.expect(length);
        count((int) (length / BYTES_OF_A_VALUE));
    }

    private void bytes(long length) throws Malformed {
        in.skip(length);
        push(Constant.BYTES);
    }

    private void count(int more) throws Malformed {
        values += more; // cannot overflow: it stops behind the limit
        if (values > MOST_VALUES) {
            throw new Malformed("its pickle has more than %d values".formatted(MOST_VALUES));
        }
    }

    private void push(Pickled value) throws Malformed {
        count(1);
        stack.add(value);
    }

    private static Malformed takesNothing() {
        return new Malformed("its pickle takes from an empty stack");
    }

    /** What lies before the last mark is left alone until the mark is gone. */
    private int floor() {
        return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    }

    private List<Pickled> pop(int count) throws Malformed {
        int begin = stack.size() - count;
        if (begin < floor()) {
            throw takesNothing();
        }
        return cut(begin);
    }

    private Pickled pop() throws Malformed {
        return pop(1).get(0);
    }

    private List<Pickled> popToMark() throws Malformed {
        if (marks.isEmpty()) {
            throw takesNothing();
        }
        return cut(marks.remove(marks.size() - 1));
    }

    private List<Pickled> cut(int begin) {
        List<Pickled> tail = stack.subList(begin, stack.size());
        List<Pickled> values = List.copyOf(tail);
        tail.clear();
        return values;
    }

    private Pickled top() throws Malformed {
        if (stack.size() <= floor()) {
            throw takesNothing();
        }
        return stack.get(stack.size() - 1);
    }

    /** What goes into an object that nobody makes is not kept. */
    private void append(List<Pickled> items) throws Malformed {
        Pickled top = top();
        if (top instanceof Sequence list && !list.isTuple()) {
            list.addAll(items);
        } else if (!(top instanceof Call)) {
            throw new Malformed("its pickle appends to what is no list");
        }
    }

    private void putAll(List<Pickled> items) throws Malformed {
        Pickled top = top();
        if (items.size() % 2 != 0 || !(top instanceof Dict || top instanceof Call)) {
            throw new Malformed("its pickle sets items of what is no dict");
        }
        if (!(top instanceof Dict dict)) {
            return; // an object that nobody makes
        }
        for (int i = 0; i < items.size(); i += 2) {
            dict.put(items.get(i), items.get(i + 1));
        }
    }

    private Global global(List<Pickled> names) throws Malformed {
        if (names.get(0) instanceof Text module && names.get(1) instanceof Text name) {
            return global(module.value(), name.value());
        }
        throw new Malformed("its pickle has a name that is no text");
    }

    private Global global(String module, String name) throws Malformed {
        Global global = new Global(module, name);
        if (TorchNames.isGetter(global)) {
            unusedGetter = Optional.of(global);
        } else if (!allowed.test(global)) {
            throw notNeeded(global);
        }
        return global;
    }

    private static Malformed notNeeded(Global global) {
        return new Malformed(
                "it names %s, which weights do not need; save a state_dict() alone"
                        .formatted(global));
    }

    /** Old schedulers and time zones name a method of their own; nothing else may be got. */
    private Call got(Global getter, Sequence arguments) throws Malformed {
        if (arguments.size() != 2
                || !(arguments.get(0) instanceof Global owner)
                || !(arguments.get(1) instanceof Text name)
                || !TorchNames.isMethod(owner, name.value())) {
            throw notNeeded(getter);
        }
        unusedGetter = Optional.empty();
        return new Call(getter, arguments);
    }

    /** A call that is not made; only a dict is, to be filled by what follows. */
    private Pickled made(List<Pickled> parts) throws Malformed {
        Pickled called = parts.get(0);
        if (called instanceof Call method && TorchNames.isGetter(method.function())) {
            called = method.arguments().get(0); // as if the class itself were called
        }
        if (!(called instanceof Global function)
                || !(parts.get(1) instanceof Sequence arguments)
                || !arguments.isTuple()) {
            throw new Malformed("its pickle calls what is no function");
        }
        if (TorchNames.isGetter(function)) {
            return got(function, arguments);
        }
        if (!TorchNames.isDict(function)) {
            return new Call(function, arguments);
        }
        Dict dict = new Dict();
        if (function.equals(ORDERED_DICT) && arguments.size() > 0) { // Python 2: a list of pairs
            if (arguments.size() > 1 || !(arguments.get(0) instanceof Sequence pairs)) {
                throw new Malformed("its pickle has an OrderedDict of no pairs");
            }
            count(pairs.size()); // a list may be copied many times
            for (int i = 0; i < pairs.size(); i++) {
                if (!(pairs.get(i) instanceof Sequence pair) || pair.size() != 2) {
                    throw new Malformed("its pickle has an OrderedDict of no pairs");
                }
                dict.put(pair.get(0), pair.get(1));
            }
        }
        return dict;
    }

    /** Attributes of an object, such as the {@code _metadata} of a state dict: none is needed. */
    private void build() throws Malformed {
        pop();
        if (!(top() instanceof Dict || top() instanceof Call)) {
            throw new Malformed("its pickle gives attributes to what has none");
        }
    }

    private Pickled recall(long index) throws Malformed {
        Pickled value = memo.get(index);
        if (value == null) {
            throw new Malformed("its pickle recalls %d, which it never stored".formatted(index));
        }
        return value;
    }

    private void remember(long index) throws Malformed {
        if (memo.put(index, top()) == null) {
            count(1);
        }
    }
}
