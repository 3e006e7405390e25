package org.efficientzoo.zoo;

import ai.djl.modality.Classifications;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.RgbImage;
import org.efficientzoo.zoo.network.Logits;

/**
 * From an image to class probabilities.
 *
 * @param <I> the kind of image
 */
final class ClassificationTranslator<I> implements Translator<I, Classifications> {

    private final Decoder<I> decoder;
    private final EvaluationTransform transform;
    private final List<String> names;
    private final int topK;
    private final Batchifier batchifier;

    /** Gets the pixels of an image. */
    @FunctionalInterface
    interface Decoder<I> {
        RgbImage decode(I image) throws IOException;
    }

    ClassificationTranslator(
            Decoder<I> decoder,
            EvaluationTransform transform,
            List<String> names,
            int topK,
            Batchifier batchifier) {
        this.decoder = decoder;
        this.transform = transform;
        this.names = names;
        this.topK = topK;
        this.batchifier = batchifier;
    }

    @Override
    public Batchifier getBatchifier() {
        return batchifier;
    }

    @Override
    public NDList processInput(TranslatorContext context, I image) throws IOException {
        FloatBuffer pixels = FloatBuffer.allocate(transform.length());
        transform.apply(decoder.decode(image), pixels);
        int planes = transform.channelOrder().planes();
        Shape shape = new Shape(planes, transform.cropHeight(), transform.cropWidth());
        return new NDList(context.getNDManager().create(pixels.flip(), shape));
    }

    @Override
    public Classifications processOutput(TranslatorContext context, NDList list) {
        Classifications classes =
                new Classifications(
                        names, Logits.of(list.singletonOrThrow().toFloatArray()).softmax());
        classes.setTopK(topK);
        return classes;
    }
}
