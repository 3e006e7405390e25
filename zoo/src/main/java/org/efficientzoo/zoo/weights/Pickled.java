package org.efficientzoo.zoo.weights;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a pickle holds, as plain values. Nothing was looked up, made or called: a call is kept as
 * the name of what was to be called and the arguments. Values may be nested to any depth and hold
 * themselves, so nothing walks all of them; containers are equal to themselves alone.
 */
sealed interface Pickled {

    record Text(String value) implements Pickled {}

    record Int(long value) implements Pickled {}

    /** An integer of more than 64 bits. */
    record Big(BigInteger value) implements Pickled {}

    record Real(double value) implements Pickled {}

    /** Bytes are passed over: no tensor is stored in them. */
    enum Constant implements Pickled {
        NONE,
        TRUE,
        FALSE,
        BYTES
    }

    /** The name of something in Python. */
    record Global(String module, String name) implements Pickled {

        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /** Something that was to be made by a call. */
    record Call(Global function, Sequence arguments) implements Pickled {}

    /** Something that lies outside the pickle. */
    record Reference(Pickled id) implements Pickled {}

    /** A tuple, a list or a set. */
    final class Sequence implements Pickled {

        private final List<Pickled> items;
        private final boolean isTuple;

        private Sequence(List<Pickled> items, boolean isTuple) {
            this.items = items;
            this.isTuple = isTuple;
        }

        static Sequence tuple(List<Pickled> items) {
            return new Sequence(List.copyOf(items), true);
        }

        static Sequence list() {
            return new Sequence(new ArrayList<>(), false);
        }

        void addAll(List<Pickled> more) {
            items.addAll(more);
        }

        boolean isTuple() {
            return isTuple;
        }

        int size() {
            return items.size();
        }

        Pickled get(int index) {
            return items.get(index);
        }
    }

    /** A dict of any kind: keys and values side by side, so that no key need be hashed. */
    final class Dict implements Pickled {

        private final List<Pickled> keys = new ArrayList<>();
        private final List<Pickled> values = new ArrayList<>();

        void put(Pickled key, Pickled value) {
            keys.add(key);
            values.add(value);
        }

        int size() {
            return keys.size();
        }

        Pickled value(int index) {
            return values.get(index);
        }

        /** The key where it is text. */
        Optional<String> name(int index) {
            return keys.get(index) instanceof Text text
                    ? Optional.of(text.value())
                    : Optional.empty();
        }
    }
}
