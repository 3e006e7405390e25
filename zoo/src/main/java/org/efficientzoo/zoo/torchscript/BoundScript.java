package org.efficientzoo.zoo.torchscript;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.efficientzoo.zoo.weights.PickleWriter;
import org.efficientzoo.zoo.weights.TorchArchive;

/**
 * A script in PyTorch that works on arrays of the caller: it holds the arrays, not copies of their
 * values. It is given them once, and again when one was replaced by another array.
 *
 * <p>Safe for use by several threads.
 */
final class BoundScript implements AutoCloseable {

    /** The engine that runs scripts. */
    static final String ENGINE = "PyTorch";

    private static final String TYPE = "Script";
    private static final byte DJL_VERSION = 1;
    private static final String METHOD = "module_method:"; // DJL's convention

    private final NDManager manager;
    private final SymbolBlock block;
    private final ParameterStore none;
    private final Map<String, NDArray> markers = new HashMap<>();
    private final ReadWriteLock binding = new ReentrantReadWriteLock();
    private List<NDArray> bound = List.of();

    /**
     * A function of one tensor {@code x} and of the bound arrays {@code p0}, {@code p1}, ….
     *
     * @param name its name
     * @param body its statements, indented by four; the last one returns a tensor
     */
    record Method(String name, String body) {}

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
        NDManager manager = parent.newSubManager();
        try {
            SymbolBlock block = manager.getEngine().newSymbolBlock(manager);
            byte[] stream = stream(archive(source(arrays, methods)));
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

    private static String source(int arrays, List<Method> methods) {
        StringBuilder source = new StringBuilder();
        source.append("class ").append(TYPE).append("(Module):\n");
        source.append("  __parameters__ = []\n  __buffers__ = []\n");
        source.append("  training : bool\n  p : List[Tensor]\n");
        source.append("  def bind(self: __torch__.").append(TYPE).append(", x: Tensor");
        IntStream.range(0, arrays)
                .forEach(i -> source.append(", ").append(name(i)).append(": Tensor"));
        source.append(") -> Tensor:\n    self.p = [").append(names(0, arrays));
        source.append("]\n    return x\n");
        for (Method method : methods) {
            source.append("  def ").append(method.name).append("(self: __torch__.").append(TYPE);
            source.append(", x: Tensor) -> Tensor:\n");
            if (arrays > 0) {
                source.append("    ").append(names(0, arrays)).append("= self.p\n");
            }
            source.append(method.body);
        }
        return source.toString();
    }

    private static byte[] archive(String source) throws IOException {
        PickleWriter data = new PickleWriter();
        Map<String, Runnable> attributes = new LinkedHashMap<>();
        attributes.put("training", () -> data.bool(true));
        attributes.put("p", () -> emptyTensorList(data));
        Archive.object(data, "__torch__", TYPE, attributes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TorchArchive archive = new TorchArchive(out);
        Archive.writeModule(archive, data.end(), source);
        archive.end();
        return out.toByteArray();
    }

    private static void emptyTensorList(PickleWriter data) {
        data.global("torch.jit._pickle", "build_tensorlist").mark().emptyList().tuple().call();
    }

    /** An archive as DJL's block stores it: version, length, content. */
    private static byte[] stream(byte[] archive) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeByte(DJL_VERSION);
        data.writeLong(archive.length);
        data.write(archive);
        return out.toByteArray();
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
            binding.readLock().lock();
            try {
                if (isBound(arrays)) {
                    return run(method, x, List.of(), gradients);
                }
            } finally {
                binding.readLock().unlock();
            }
            binding.writeLock().lock();
            try {
                run("bind", x, arrays, true).close();
                bound = List.copyOf(arrays);
            } finally {
                binding.writeLock().unlock();
            }
        }
    }

    private boolean isBound(List<NDArray> arrays) {
        if (arrays.size() != bound.size()) {
            return false;
        }
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) != bound.get(i)) { // the very same, whatever its values
                return false;
            }
        }
        return true;
    }

    private NDArray run(String method, NDArray x, List<NDArray> more, boolean gradients) {
        // DJL reads the name of an array as an instruction how to pass it.
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
