package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.efficientzoo.blocks.Layers;
import org.efficientzoo.blocks.TestBlocks;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.image.ChannelOrder;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resize;
import org.efficientzoo.zoo.image.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs that take pixels, red first, whatever order of the planes the network has. */
class OnnxPixelsTest {

    private static final int SIDE = 64;
    private static final int AREA = SIDE * SIDE;
    private static final Shape INPUT = new Shape(2, 3, SIDE, SIDE);
    private static final float[] MEAN = {0.2f, 0.5f, 0.7f};
    private static final float[] STD = {0.9f, 0.3f, 0.4f};

    @TempDir private Path folder;

    private static EvaluationTransform transform(ChannelOrder order) {
        return new EvaluationTransform(
                new Resize.None(),
                SIDE,
                SIDE,
                Interpolation.BILINEAR,
                List.of(MEAN[0], MEAN[1], MEAN[2]),
                List.of(STD[0], STD[1], STD[2]),
                order);
    }

    private Path export(Block block, ChannelOrder order, OnnxOptions options) throws Exception {
        Path file = folder.resolve(options.pixelInput() + ".onnx");
        OnnxMetadata metadata = OnnxMetadata.of("net").withTransform(transform(order));
        return OnnxExporter.export(block, INPUT, options, metadata, file).path();
    }

    private static byte[] pixels() {
        byte[] pixels = new byte[(int) INPUT.size()];
        new SplittableRandom(5).nextBytes(pixels);
        return pixels;
    }

    /** What a network takes that has its planes in the order of the letters. */
    private static float[] planes(byte[] pixels, String letters) {
        float[] planes = new float[pixels.length];
        for (int i = 0; i < planes.length; i++) {
            int colour = "RGB".indexOf(letters.charAt(i / AREA % 3));
            int pixel = i / AREA / 3 * AREA + i % AREA;
            planes[i] = ((pixels[3 * pixel + colour] & 0xFF) / 255f - MEAN[colour]) / STD[colour];
        }
        return planes;
    }

    private static float[] run(Path file, byte[] pixels) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(pixels.length).order(ByteOrder.nativeOrder());
        buffer.put(pixels).flip();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = {2, SIDE, SIDE, 3};
        try (OnnxTensor x =
                OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8)) {
            return OnnxFiles.run(file, x);
        }
    }

    /** MobileNetV2's stem is padded, so that only the factor fits into it; SqueezeNet's is not. */
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v2, RGB, true",
        "mobilenet_v2, BGR, true",
        "squeezenet1_1, RGB, false",
        "squeezenet1_1, BGR, true",
        "squeezenet1_1, BGR, false"
    })
    void takesPixelsAndNormalisesThem(String name, ChannelOrder order, boolean permuted)
            throws Exception {
        OnnxOptions options =
                OnnxOptions.DEFAULT.withPixelInput(true).withPermuteChannels(permuted);
        try (OnnxNetworks net = new OnnxNetworks(name, INPUT)) {
            Path file = export(net.network(), order, options); // which verifies it
            float[] expected = net.logits(planes(pixels(), order.name()), INPUT);
            assertThat(OnnxFiles.difference(expected, run(file, pixels())))
                    .isLessThan(OnnxExporter.TOLERANCE);
            assertThat(OnnxFiles.operators(file)).doesNotContain("Mul", "Div", "Gather", "Slice");
            assertThat(OnnxFiles.operators(file).contains("Sub"))
                    .isEqualTo(name.equals("mobilenet_v2"));
        }
    }

    /** Where the first layer is no convolution that could take the colours as they come. */
    @ParameterizedTest
    @CsvSource({"RGB, true", "BGR, true", "BGR, false"})
    void takesPixelsBeforeAnyLayer(ChannelOrder order, boolean permuted) throws Exception {
        Block conv = Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(4).build();
        Block depthwise =
                Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(3).optGroups(3).build();
        OnnxOptions options =
                OnnxOptions.DEFAULT.withPixelInput(true).withPermuteChannels(permuted);
        for (Block block :
                List.of(
                        new SequentialBlock().add(Layers.batchNorm()),
                        new SequentialBlock().add(Layers.batchNorm()).add(conv),
                        new SequentialBlock().add(depthwise))) {
            try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
                TestBlocks.filled(block, INPUT, manager);
                float[] planes = planes(pixels(), order.name());
                float[] expected =
                        TestBlocks.predict(block, manager.create(planes, INPUT)).toFloatArray();
                Path file = export(block, order, options);
                assertThat(OnnxFiles.difference(expected, run(file, pixels())))
                        .isLessThan(OnnxExporter.TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = "GRAY") // an image of pixels has three planes
    void givesTheGraphThePixelsThatThePlanesWereMadeOf(ChannelOrder order) throws Exception {
        EvaluationTransform transform = transform(order);
        byte[] rgb = new byte[3 * AREA];
        new SplittableRandom(6).nextBytes(rgb);
        float[] planes = new float[transform.length()];
        transform.apply(RgbImage.of(SIDE, SIDE, rgb), planes, 0);
        Shape one = new Shape(1, 3, SIDE, SIDE);
        OnnxOptions options = OnnxOptions.DEFAULT.withVerify(false);
        try (OnnxNetworks net = new OnnxNetworks("squeezenet1_1", INPUT)) {
            Path file = export(net.network(), order, options.withPixelInput(true));
            try (OnnxNetwork network = new OnnxNetwork(file, Optional.of(transform))) {
                float[] found = network.run(FloatBuffer.wrap(planes), one);
                assertThat(OnnxFiles.difference(net.logits(planes, one), found))
                        .isLessThan(OnnxExporter.TOLERANCE);
            }
        }
    }

    @Test
    void tellsTheOrderOfThePlanesAndTheSquare() {
        EvaluationTransform darknet = EvaluationTransform.darknet(256);
        assertThat(OnnxMetadata.of("net").withTransform(darknet).entries())
                .containsEntry("resize", "square:256")
                .containsEntry("channel_order", "rgb");
        assertThat(OnnxMetadata.of("net").withTransform(transform(ChannelOrder.BGR)).entries())
                .containsEntry("channel_order", "bgr")
                .containsEntry("mean", "0.2,0.5,0.7")
                .doesNotContainKey("resize");
    }

    @Test
    void leavesOutWhatTheGraphDoesItself() {
        OnnxMetadata bgr = OnnxMetadata.of("net").withTransform(transform(ChannelOrder.BGR));
        assertThat(bgr.entries(true))
                .containsEntry("normalization", "graph")
                .containsEntry("channel_order", "rgb") // of the pixels
                .containsKeys("crop_height", "crop_width", "interpolation")
                .doesNotContainKeys("mean", "std");
        assertThat(bgr.entries(false)).isEqualTo(bgr.entries()).doesNotContainKey("normalization");
    }
}
