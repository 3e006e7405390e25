package org.efficientzoo.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslatorContext;

/**
 * Passes arrays on without their names, which DJL's model of ONNX Runtime would take for those of
 * the graph's inputs; the other engines give names no meaning.
 */
final class UnnamedInput extends NoopTranslator {

    private static final String COPIES = "copies";

    @Override
    public NDList processInput(TranslatorContext ctx, NDList input) {
        NDList unnamed = new NDList(input.size());
        NDList copies = new NDList();
        ctx.setAttachment(COPIES, copies);
        for (NDArray x : input) {
            boolean named = x.getName() != null;
            NDArray passed = named ? copy(x) : x;
            unnamed.add(passed);
            if (named) {
                copies.add(passed);
            }
        }
        return unnamed;
    }

    /** Under the same manager, which will own the output. */
    private static NDArray copy(NDArray x) {
        return x.getManager().create(x.toByteBuffer(), x.getShape(), x.getDataType());
    }

    @Override
    public NDList processOutput(TranslatorContext ctx, NDList list) {
        ((NDList) ctx.getAttachment(COPIES)).close();
        return list;
    }
}
