package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.efficientzoo.zoo.weights.PickleWriter;
import org.efficientzoo.zoo.weights.TorchArchive;

/**
 * The source of a {@link BoundScript}.
 *
 * @param arrays how many arrays will be bound
 * @param derived what is computed from them when they are bound
 * @param methods its functions
 */
record BoundSource(int arrays, Derived derived, List<Method> methods) {

    static final String BIND = "bind";

    /** The shape of what a function returns when its derived tensors are out of date. */
    static final Shape OUT_OF_DATE = new Shape(0);

    private static final String TYPE = "Script";
    private static final byte DJL_VERSION = 1;

    /**
     * A function of one tensor {@code x}, of the bound arrays {@code p0}, {@code p1}, … and of the
     * derived tensors.
     *
     * @param name its name
     * @param body its statements, indented by four; the last one returns a tensor
     */
    record Method(String name, String body) {}

    /**
     * Tensors that are computed from the bound arrays, once, and again after one of those was
     * changed. PyTorch counts the changes that operations make to a tensor, but for those that a
     * batch norm makes to its statistics.
     *
     * @param names their names
     * @param statistics the statistics that they are computed from, which are compared by value; at
     *     least one where there is a name
     * @param body the statements that compute them, indented by four
     */
    record Derived(List<String> names, List<String> statistics, String body) {

        /** No tensors. */
        static final Derived NOTHING = new Derived(List.of(), List.of(), "");

        /** The values to compare. */
        private String known() {
            return "torch.cat([%s])".formatted(String.join(", ", statistics));
        }

        boolean isNothing() {
            return names.isEmpty();
        }
    }

    private String text() {
        StringBuilder source = new StringBuilder();
        source.append("class ").append(TYPE).append("(Module):\n");
        source.append("  __parameters__ = []\n  __buffers__ = []\n");
        source.append("  training : bool\n  p : List[Tensor]\n");
        source.append("  derived : List[Tensor]\n  known : List[Tensor]\n");
        source.append("  versions : List[int]\n");
        source.append("  def ").append(BIND).append("(self: __torch__.").append(TYPE);
        source.append(", x: Tensor");
        IntStream.range(0, arrays)
                .forEach(i -> source.append(", ").append(BoundScript.name(i)).append(": Tensor"));
        source.append(") -> Tensor:\n");
        line(source, "self.p = [" + BoundScript.names(0, arrays) + "]");
        if (!derived.isNothing()) {
            line(source, "self.versions = [" + versions() + "]"); // before they are used
            line(source, "self.known = [" + derived.known() + "]");
            source.append(derived.body);
            line(source, "self.derived = [" + String.join(", ", derived.names) + "]");
        }
        line(source, "return x");
        for (Method method : methods) {
            write(source, method);
        }
        return source.toString();
    }

    private void write(StringBuilder source, Method method) {
        source.append("  def ").append(method.name).append("(self: __torch__.").append(TYPE);
        source.append(", x: Tensor) -> Tensor:\n");
        if (arrays > 0) {
            line(source, BoundScript.names(0, arrays) + "= self.p");
        }
        if (!derived.isNothing()) {
            line(source, "known, = self.known");
            line(source, "statistics = " + derived.known());
            line(source, "if torch.equal(statistics, known):");
            line(source, "  same = True");
            line(source, "else:"); // the same may be no numbers
            line(source, "  same = torch.allclose(statistics, known, 0.0, 0.0, True)");
            line(source, "counted = torch.eq([" + versions() + "], self.versions)");
            line(source, "if torch.__not__(torch.__and__(counted, same)):");
            line(source, "  return torch.empty([0])");
            line(source, String.join(", ", derived.names) + ", = self.derived");
        }
        source.append(method.body);
    }

    private static void line(StringBuilder source, String statement) {
        source.append("    ").append(statement).append('\n');
    }

    private String versions() {
        return IntStream.range(0, arrays)
                .mapToObj(i -> "torch._version(" + BoundScript.name(i) + ")")
                .collect(Collectors.joining(", "));
    }

    private byte[] archive() throws IOException {
        PickleWriter data = new PickleWriter();
        Map<String, Runnable> attributes = new LinkedHashMap<>();
        attributes.put("training", () -> data.bool(true));
        attributes.put("p", () -> emptyList(data, "build_tensorlist"));
        attributes.put("derived", () -> emptyList(data, "build_tensorlist"));
        attributes.put("known", () -> emptyList(data, "build_tensorlist"));
        attributes.put("versions", () -> emptyList(data, "build_intlist"));
        Archive.object(data, "__torch__", TYPE, attributes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TorchArchive archive = new TorchArchive(out);
        Archive.writeModule(archive, data.end(), text());
        archive.end();
        return out.toByteArray();
    }

    private static void emptyList(PickleWriter data, String builder) {
        data.global("torch.jit._pickle", builder).mark().emptyList().tuple().call();
    }

    /** An archive as DJL's block stores it: version, length, content. */
    byte[] stream() throws IOException {
        byte[] archive = archive();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeByte(DJL_VERSION);
        data.writeLong(archive.length);
        data.write(archive);
        return out.toByteArray();
    }
}
