package org.efficientzoo.zoo;

import ai.djl.Model;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.translator.BaseImageTranslatorFactory;
import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.Translator;
import ai.djl.util.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.RgbImage;

/**
 * Makes the translators of the zoo: images to class probabilities, with the preprocessing that the
 * metadata names, and arrays to raw logits.
 *
 * <p>A path or a stream is decoded as Pillow decodes it; an {@link Image} has been decoded by DJL,
 * which applies ICC profiles.
 *
 * <p>The arguments of the preprocessing: {@code resize}, the shorter side in pixels or {@code
 * square:256} for the largest centred square at that size; {@code crop}, or {@code cropHeight} and
 * {@code cropWidth}; {@code interpolation}, {@code bilinear}, {@code bicubic} or {@code darknet};
 * {@code mean} and {@code std} of red, green and blue, such as {@code 0.485,0.456,0.406}; {@code
 * channelOrder}, {@code rgb} or {@code bgr}. They mean what {@link
 * org.efficientzoo.zoo.image.EvaluationTransform} says.
 */
public final class EfficientTranslatorFactory extends BaseImageTranslatorFactory<Classifications> {

    private static final Pair<Type, Type> LOGITS = new Pair<>(NDList.class, NDList.class);

    /** Creates the factory. */
    public EfficientTranslatorFactory() {}

    @Override
    public Set<Pair<Type, Type>> getSupportedTypes() {
        Set<Pair<Type, Type>> types = new HashSet<>(super.getSupportedTypes());
        types.add(LOGITS);
        return types;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <I, O> Translator<I, O> newInstance(
            Class<I> input, Class<O> output, Model model, Map<String, ?> arguments) {
        if (LOGITS.equals(new Pair<Type, Type>(input, output))) {
            return (Translator<I, O>) (isOnnx(model) ? new UnnamedInput() : new NoopTranslator());
        }
        ImageDecoder decoder = new ImageDecoder();
        if (output == Classifications.class && input == Path.class) {
            ClassificationTranslator.Decoder<Path> decode = decoder::decode;
            return (Translator<I, O>) translator(decode, model, arguments);
        }
        if (output == Classifications.class && input == InputStream.class) {
            ClassificationTranslator.Decoder<InputStream> decode = decoder::decode;
            return (Translator<I, O>) translator(decode, model, arguments);
        }
        return super.newInstance(input, output, model, arguments);
    }

    @Override
    protected Translator<Image, Classifications> buildBaseTranslator(
            Model model, Map<String, ?> arguments) {
        return translator(RgbImage::of, model, arguments);
    }

    @Override
    public Class<Classifications> getBaseOutputType() {
        return Classifications.class;
    }

    private static <I> Translator<I, Classifications> translator(
            ClassificationTranslator.Decoder<I> decoder, Model model, Map<String, ?> arguments) {
        ModelArguments parsed = ModelArguments.of(arguments);
        parsed.checkImages();
        try {
            ClassNames names = ModelArguments.classNames(arguments, parsed.options().classes());
            return new ClassificationTranslator<>(
                    decoder, parsed.transform(), names.names(), parsed.topK(), batchifier(model));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static Batchifier batchifier(Model model) {
        return isOnnx(model) ? new PlainBatchifier() : Batchifier.STACK;
    }

    private static boolean isOnnx(Model model) {
        String engine = model.getNDManager().getEngine().getEngineName();
        return engine.equals(OnnxLookUp.RUNTIME);
    }
}
