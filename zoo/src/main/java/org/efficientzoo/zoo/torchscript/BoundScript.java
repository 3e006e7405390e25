package org.efficientzoo.zoo.torchscript;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.NativeResource;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.efficientzoo.zoo.torchscript.BoundSource.Derived;
import org.efficientzoo.zoo.torchscript.BoundSource.Method;

/**
 * A script in PyTorch that works on arrays of the caller: it holds the arrays, not copies of their
 * values. It is given them once, and again when one was replaced by another array.
 *
 * <p>Safe for use by several threads.
 */
final class BoundScript implements AutoCloseable {

    /** The engine that runs scripts. */
    static final String ENGINE = "PyTorch";

    private static final String METHOD = "module_method:"; // DJL's convention

    private final NDManager manager;
    private final SymbolBlock block;
    private final ParameterStore none;
    private final Map<String, NDArray> markers = new HashMap<>();
    private final ReadWriteLock binding = new ReentrantReadWriteLock();
    private List<NDArray> bound = List.of();
    private List<Object> handles = List.of();

    private BoundScript(NDManager manager, SymbolBlock block) {
        this.manager = manager;
        this.block = block;
        this.none = new ParameterStore(manager, false);
    }

    /**
     * Loads a script from memory.
     *
     * @param arrays how many arrays will be bound
     * @param methods its functions
     * @param parent a manager of PyTorch, on the device to run on
     * @throws IllegalArgumentException if PyTorch refuses the source
     */
    static BoundScript load(int arrays, List<Method> methods, NDManager parent) {
        return load(new BoundSource(arrays, Derived.NOTHING, methods), parent);
    }

    /**
     * Loads a script from memory.
     *
     * @param source its source
     * @param parent a manager of PyTorch, on the device to run on
     * @throws IllegalArgumentException if PyTorch refuses the source
     */
    static BoundScript load(BoundSource source, NDManager parent) {
        NDManager manager = parent.newSubManager();
        try {
            SymbolBlock block = manager.getEngine().newSymbolBlock(manager);
            byte[] stream = source.stream();
            block.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(stream)));
            return new BoundScript(manager, block);
        } catch (IOException e) {
            manager.close();
            throw new UncheckedIOException(e);
        } catch (MalformedModelException | RuntimeException e) {
            manager.close();
            throw new IllegalArgumentException("PyTorch refuses the script: " + e.getMessage(), e);
        }
    }

    /** The name of a bound array in the source. */
    static String name(int array) {
        return "p" + array;
    }

    /** Names of bound arrays, each followed by a comma. */
    static String names(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> name(i) + ", ")
                .collect(Collectors.joining());
    }

    /**
     * Calls a function.
     *
     * @param method its name
     * @param x its argument
     * @param arrays the arrays to work on
     * @param gradients whether the engine may record the call
     * @return its result, owned by the argument's manager
     */
    NDArray call(String method, NDArray x, List<NDArray> arrays, boolean gradients) {
        while (true) {
            Optional<NDArray> result = callIfBound(method, x, arrays, gradients);
            if (result.isPresent()) {
                return result.get();
            }
            binding.writeLock().lock();
            try {
                bound = List.of(); // a failure may leave some of the new arrays bound
                bind(x, arrays, gradients);
                bound = List.copyOf(arrays);
                handles = arrays.stream().map(BoundScript::handle).toList();
            } finally {
                binding.writeLock().unlock();
            }
        }
    }

    /** DJL reads the names of arrays as instructions how to pass them. */
    private void bind(NDArray x, List<NDArray> arrays, boolean gradients) {
        synchronized (BoundScript.class) { // other scripts may have the same arrays
            List<String> names = arrays.stream().map(NDArray::getName).toList();
            arrays.forEach(array -> array.setName(null));
            try {
                run(BoundSource.BIND, x, arrays, gradients).close();
            } finally {
                IntStream.range(0, names.size()).forEach(i -> arrays.get(i).setName(names.get(i)));
            }
        }
    }

    /** Nothing if other arrays are bound, or what was derived from them is out of date. */
    private Optional<NDArray> callIfBound(
            String method, NDArray x, List<NDArray> arrays, boolean gradients) {
        binding.readLock().lock(); // shared: nobody waits for another one's call
        try {
            if (!isBound(arrays)) {
                return Optional.empty();
            }
            NDArray result = run(method, x, List.of(), gradients);
            if (!result.getShape().equals(BoundSource.OUT_OF_DATE)) {
                return Optional.of(result);
            }
            result.close();
            return Optional.empty();
        } finally {
            binding.readLock().unlock();
        }
    }

    private boolean isBound(List<NDArray> arrays) {
        if (arrays.size() != bound.size()) {
            return false;
        }
        for (int i = 0; i < arrays.size(); i++) {
            NDArray array = arrays.get(i); // the very same is meant, whatever its values
            if (array != bound.get(i) || !handle(array).equals(handles.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Which tensor an array stands for; {@link NDArray#intern} gives it another. */
    private static Object handle(NDArray array) {
        return ((NativeResource<?>) array).getHandle();
    }

    private NDArray run(String method, NDArray x, List<NDArray> more, boolean gradients) {
        // Its name would be read like those in bind; other threads may have it, so that it keeps
        // it.
        NDArray argument = x.getName() == null ? x : x.reshape(x.getShape());
        List<NDArray> inputs = new ArrayList<>(more.size() + 2);
        inputs.add(argument);
        inputs.addAll(more);
        inputs.add(marker(method));
        try {
            return block.forward(none, new NDList(inputs), gradients).singletonOrThrow();
        } finally {
            if (argument != x) {
                argument.close();
            }
        }
    }

    /** By DJL's convention an array of such a name, whatever it holds, names the method. */
    private NDArray marker(String method) {
        synchronized (markers) {
            return markers.computeIfAbsent(
                    method,
                    name -> {
                        NDArray marker = manager.create(0f);
                        marker.setName(METHOD + name);
                        return marker;
                    });
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
