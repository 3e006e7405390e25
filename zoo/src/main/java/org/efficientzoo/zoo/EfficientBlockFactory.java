package org.efficientzoo.zoo;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import java.nio.file.Path;
import java.util.Map;
import org.efficientzoo.zoo.network.Networks;

/** Builds the block that the arguments {@code network}, {@code classes}, {@code width}, … name. */
public final class EfficientBlockFactory implements BlockFactory {

    private static final long serialVersionUID = 1L;

    /** Creates the factory. */
    public EfficientBlockFactory() {}

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is no such network, or an argument is out of range
     */
    @Override
    public Block newBlock(Model model, Path modelPath, Map<String, ?> arguments) {
        ModelArguments parsed = ModelArguments.of(arguments);
        return Networks.get(parsed.network()).build(parsed.options());
    }
}
