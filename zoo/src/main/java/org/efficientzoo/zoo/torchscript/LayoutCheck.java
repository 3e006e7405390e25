package org.efficientzoo.zoo.torchscript;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.efficientzoo.blocks.PointwiseConv;
import org.efficientzoo.blocks.ShapeOps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether PyTorch's convolutions in the channels-last layout may be believed on this machine.
 *
 * <p>Which kernel computes a convolution depends on the processor, its shape, the batch and the
 * layout, and some answer wrong (docs, adr/0005). So before a network uses that layout for inputs
 * of a shape, each of its convolutions is computed both ways, once in a process: on a batch of at
 * most {@value #MOST_IMAGES}, and for training with its gradients. Where one differs by more than
 * rounding, or cannot be compared, say for want of memory, the network is computed in the plain
 * layout, and a warning says why. 1×1 convolutions need no check: in this layout they are matrix
 * products ({@link Pointwise}).
 *
 * <p>The system property {@code efficientzoo.layout} or, where it is not set, the environment
 * variable {@code EFFICIENTZOO_LAYOUT} chooses: {@code checked}, the default; {@code plain}, which
 * checks nothing; {@code channels-last}, which believes without a check.
 */
public final class LayoutCheck {

    private static final Logger LOGGER = LoggerFactory.getLogger(LayoutCheck.class);

    private static final String PROPERTY = "efficientzoo.layout";
    private static final String VARIABLE = "EFFICIENTZOO_LAYOUT";

    /** Batches are checked up to here: by then every kernel that the batch decides on is taken. */
    private static final long MOST_IMAGES = 32;

    /** Of the largest output. Rounding stays below a hundredth of it, wrong kernels far above. */
    private static final double TOLERANCE = 1e-4;

    /** The largest difference of each convolution that was compared in this process. */
    private static final Map<String, Double> DIFFERENCES = new LinkedHashMap<>();

    private static final Set<String> TAKEN = new LinkedHashSet<>();

    private LayoutCheck() {}

    /** What the user asked for. */
    enum Setting {
        CHECKED(Layout.CHANNELS_LAST),
        PLAIN(Layout.CHANNELS_FIRST),
        CHANNELS_LAST(Layout.CHANNELS_LAST);

        private final Layout fastest;

        Setting(Layout fastest) {
            this.fastest = fastest;
        }

        Layout fastest() {
            return fastest;
        }

        private static Setting of(String value) {
            for (Setting setting : values()) {
                if (setting.toString().equals(value)) {
                    return setting;
                }
            }
            throw new IllegalArgumentException(
                    "%s must be one of %s, found %s"
                            .formatted(
                                    PROPERTY,
                                    Arrays.stream(values())
                                            .map(Setting::toString)
                                            .collect(Collectors.joining(", ")),
                                    value));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What the user asked for, for a device; a GPU has kernels of its own for the plain layout. */
    static Setting setting(Device device) {
        Setting asked =
                Optional.ofNullable(System.getProperty(PROPERTY))
                        .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                        .map(Setting::of)
                        .orElse(Setting.CHECKED);
        return device.isGpu() ? Setting.PLAIN : asked;
    }

    /**
     * Tells which layouts the networks of this process have taken on PyTorch so far.
     *
     * @return {@code channels-last}, {@code plain}, both where shapes or networks differ, or
     *     nothing where no script has run; in the order in which they were first taken
     */
    public static List<String> taken() {
        synchronized (TAKEN) {
            return List.copyOf(TAKEN);
        }
    }

    /** The layout for inputs of a shape. */
    static Layout layout(
            Setting setting, Block block, Shape input, boolean training, NDManager manager) {
        Layout layout = setting.fastest();
        if (setting == Setting.CHECKED) {
            Optional<String> fault = fault(block, input, training, manager, TOLERANCE);
            if (fault.isPresent()) {
                layout = Layout.CHANNELS_FIRST;
                LOGGER.warn(
                        "computing in the plain layout, which is slower: on this machine {}",
                        fault.get());
            }
        }
        LOGGER.debug("inputs {} are computed in the layout {}", input, layout);
        synchronized (TAKEN) {
            TAKEN.add(layout.toString());
        }
        return layout;
    }

    /**
     * What speaks against the channels-last layout, in words: the first convolution that differs by
     * more than a share of its largest value, or what PyTorch says where it cannot compare.
     */
    static Optional<String> fault(
            Block block, Shape input, boolean training, NDManager manager, double tolerance) {
        if (input.dimension() != 4) {
            return Optional.empty(); // no convolution takes it
        }
        Map<String, Trial> trials = Trial.of(block, input, training);
        synchronized (DIFFERENCES) {
            List<Trial> untried = new ArrayList<>();
            trials.forEach(
                    (name, trial) -> {
                        if (!DIFFERENCES.containsKey(name)) {
                            untried.add(trial);
                        }
                    });
            try {
                if (!untried.isEmpty()) {
                    compare(untried, manager);
                }
            } catch (EngineException e) {
                String text =
                        String.valueOf(e.getMessage()).strip(); // PyTorch's last line says why
                return Optional.of(
                        "the layouts cannot be compared: "
                                + text.substring(text.lastIndexOf('\n') + 1));
            }
            return trials.keySet().stream()
                    .filter(name -> !(DIFFERENCES.get(name) <= tolerance)) // or is not a number
                    .findFirst()
                    .map(
                            name ->
                                    "%s differs between the layouts by %.1e of its largest value"
                                            .formatted(name, DIFFERENCES.get(name)));
        }
    }

    private static void compare(List<Trial> trials, NDManager parent) {
        StringBuilder body = new StringBuilder();
        List<String> results = new ArrayList<>();
        for (Trial trial : trials) {
            results.add("d" + results.size());
            trial.write(body, results.get(results.size() - 1));
        }
        body.append("    return torch.stack(").append(results).append(")\n");
        var method = new BoundSource.Method("compare", body.toString());
        try (NDManager manager = parent.newSubManager();
                BoundScript script = BoundScript.load(0, List.of(method), manager);
                NDArray x = manager.zeros(new Shape(1));
                NDArray found = script.call(method.name(), x, List.of(), false)) {
            float[] differences = found.toFloatArray();
            for (int i = 0; i < differences.length; i++) {
                DIFFERENCES.put(trials.get(i).name(), (double) differences[i]);
                LOGGER.debug(
                        "{} differs between the layouts by {} of its largest value",
                        trials.get(i).name(),
                        differences[i]);
            }
        }
    }

    /** One convolution to compare. */
    private record Trial(Conv2d conv, Shape input, boolean training) {

        /** The convolutions of a block that need a comparison, by their names. */
        static Map<String, Trial> of(Block block, Shape input, boolean training) {
            Map<String, Trial> trials = new LinkedHashMap<>();
            Shape shape = input.slice(1);
            Shape batch = new Shape(Math.min(input.get(0), MOST_IMAGES)).addAll(shape);
            ShapeOps reading =
                    new ShapeOps() {
                        @Override
                        public Shape conv(Conv2d conv, Shape x) {
                            if (!PointwiseConv.is(conv)) {
                                Trial trial = new Trial(conv, x, training);
                                trials.put(trial.name(), trial);
                            }
                            return super.conv(conv, x);
                        }
                    };
            reading.call(block, batch);
            return trials;
        }

        String name() {
            return "%sa %s convolution of %s to %s channels, stride %s, padding %s, dilation %s, groups %s"
                    .formatted(
                            training ? "the gradient of " : "",
                            text(conv.getKernelShape()),
                            input,
                            conv.getFilters(),
                            text(conv.getStride()),
                            text(conv.getPadding()),
                            text(conv.getDilation()),
                            conv.getGroups());
        }

        private static String text(Shape sides) {
            return sides.get(0) + "x" + sides.get(1);
        }

        /** Statements that leave the largest difference under a name. */
        void write(StringBuilder body, String result) {
            Shape weight =
                    new Shape(conv.getFilters(), input.get(1) / conv.getGroups())
                            .addAll(conv.getKernelShape());
            line(body, "s = " + wave(new Shape(input.get(0), 1, 1, 1)));
            line(body, "i = " + wave(new Shape(1).addAll(input.slice(1))));
            line(body, "x = torch.mul(i, s)"); // each image by a factor: no two are alike
            line(body, "y = torch.mul(" + Layout.CHANNELS_LAST.of("i") + ", s)");
            line(body, "w = " + wave(weight));
            line(body, "b = " + wave(new Shape(conv.getFilters())));
            line(body, "p = " + convolution("x", "w"));
            if (!training) {
                line(body, "f = " + convolution("y", Layout.CHANNELS_LAST.of("w")));
                line(body, result + " = " + difference("f", "p"));
                return;
            }
            line(body, "f = " + convolution("y", "w"));
            line(body, "gx, gw, gb, = " + gradient("p", "x"));
            line(body, "hx, hw, hb, = " + gradient(Layout.CHANNELS_LAST.of("p"), "y"));
            String all =
                    "torch.max(torch.stack([%s, %s, %s, %s]))"
                            .formatted(
                                    difference("f", "p"),
                                    difference("hx", "gx"),
                                    difference("hw", "gw"),
                                    difference("hb", "gb"));
            line(body, result + " = " + all);
        }

        private static void line(StringBuilder body, String statement) {
            body.append("    ").append(statement).append('\n');
        }

        /**
         * Values between -1 and 1 without a pattern, none of them zero, from no random generator.
         */
        private static String wave(Shape shape) {
            return "torch.reshape(torch.sin(torch.mul(torch.arange(1, %s, dtype=6), 1.7)), %s)"
                    .formatted(shape.size() + 1, list(shape));
        }

        private String convolution(String x, String w) {
            return "torch.conv2d(%s, %s, b, %s, %s, %s, %s)"
                    .formatted(
                            x,
                            w,
                            list(conv.getStride()),
                            list(conv.getPadding()),
                            list(conv.getDilation()),
                            conv.getGroups());
        }

        private String gradient(String gradient, String x) {
            return "torch.convolution_backward(%s, %s, w, [%s], %s, %s, %s, False, [0, 0], %s, [True, True, True])"
                    .formatted(
                            gradient,
                            x,
                            conv.getFilters(),
                            list(conv.getStride()),
                            list(conv.getPadding()),
                            list(conv.getDilation()),
                            conv.getGroups());
        }

        /** Overwrites both, the first before the second: memory that is new costs time. */
        private static String difference(String fast, String plain) {
            return "torch.div(torch.max(torch.abs_(torch.sub_(%s, %s))), torch.max(torch.abs_(%s)))"
                    .formatted(fast, plain, plain);
        }

        private static String list(Shape shape) {
            return Arrays.toString(shape.getShape());
        }
    }
}
