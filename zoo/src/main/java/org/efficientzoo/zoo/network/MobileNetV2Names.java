package org.efficientzoo.zoo.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What other publishers than torchvision call the layers of MobileNetV2. Both build the same
 * network; tonylins' has an expansion in its first block and is another one.
 */
final class MobileNetV2Names {

    /** The stem, the last convolution and the classifier; their names, ours. */
    private static final Map<String, String> TIMM_ENDS =
            Map.of(
                    "conv_stem", "features.0.0",
                    "bn1", "features.0.1",
                    "conv_head", "features.18.0",
                    "bn2", "features.18.1",
                    "classifier", "classifier.1");

    private static final Map<String, String> TIMM_FIRST = // depthwise separable: no expansion
            Map.of(
                    "conv_dw", "conv.0.0",
                    "bn1", "conv.0.1",
                    "conv_pw", "conv.1",
                    "bn2", "conv.2");

    private static final Map<String, String> TIMM_BLOCK =
            Map.of(
                    "conv_pw", "conv.0.0",
                    "bn1", "conv.0.1",
                    "conv_dw", "conv.1.0",
                    "bn2", "conv.1.1",
                    "conv_pwl", "conv.2",
                    "bn3", "conv.3");

    private static final Map<String, String> D_LI14_ENDS =
            Map.of(
                    "conv.0", "features.18.0",
                    "conv.1", "features.18.1",
                    "classifier", "classifier.1");

    private static final Map<String, String> D_LI14_FIRST = // activations are counted
            Map.of(
                    "conv.0", "conv.0.0",
                    "conv.1", "conv.0.1",
                    "conv.3", "conv.1",
                    "conv.4", "conv.2");

    private static final Map<String, String> D_LI14_BLOCK =
            Map.of(
                    "conv.0", "conv.0.0",
                    "conv.1", "conv.0.1",
                    "conv.3", "conv.1.0",
                    "conv.4", "conv.1.1",
                    "conv.6", "conv.2",
                    "conv.7", "conv.3");

    /**
     * All of them.
     *
     * @see <a href="https://github.com/huggingface/pytorch-image-models">timm, mobilenetv2_100</a>
     * @see <a href="https://github.com/d-li14/mobilenetv2.pytorch">d-li14, mobilenetv2.pytorch</a>
     */
    static final List<PublishedNames> ALL =
            List.of(
                    new PublishedNames("conv_stem.weight", timm()),
                    new PublishedNames("conv.0.weight", dLi14()));

    private MobileNetV2Names() {}

    private static Map<String, String> timm() {
        Map<String, String> layers = new LinkedHashMap<>(TIMM_ENDS);
        List<Integer> repeats = MobileNetV2.repeats();
        int index = 1;
        for (int stage = 0; stage < repeats.size(); stage++) {
            for (int block = 0; block < repeats.get(stage); block++) {
                Map<String, String> inside = index == 1 ? TIMM_FIRST : TIMM_BLOCK;
                put(layers, inside, "blocks.%s.%s.".formatted(stage, block), index);
                index++;
            }
        }
        return layers;
    }

    private static Map<String, String> dLi14() {
        Map<String, String> layers = new LinkedHashMap<>(D_LI14_ENDS);
        int blocks = MobileNetV2.repeats().stream().mapToInt(Integer::intValue).sum();
        for (int index = 1; index <= blocks; index++) {
            Map<String, String> inside = index == 1 ? D_LI14_FIRST : D_LI14_BLOCK;
            put(layers, inside, "features.%s.".formatted(index), index);
        }
        return layers;
    }

    private static void put(
            Map<String, String> layers, Map<String, String> inside, String theirs, int index) {
        inside.forEach(
                (layer, ours) -> layers.put(theirs + layer, "features." + index + "." + ours));
    }
}
