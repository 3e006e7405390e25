package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Path;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.TestModels;

/** Computes a convolution by PyTorch's own settings, then a network of the zoo. */
final class NnpackMain {

    private NnpackMain() {}

    /**
     * Prints the number of logits.
     *
     * @param args the file of the weights
     */
    public static void main(String[] args) throws Exception {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Conv2d.conv2d(manager.ones(new Shape(1, 3, 8, 8)), manager.ones(new Shape(4, 3, 3, 3)));
        }
        try (ZooModel<NDList, NDList> model =
                TestModels.logits(Engines.PYTORCH)
                        .optArgument("weightsFile", Path.of(args[0]))
                        .build()
                        .loadModel()) {
            System.out.println(TestModels.answer(model).length);
        }
    }
}
