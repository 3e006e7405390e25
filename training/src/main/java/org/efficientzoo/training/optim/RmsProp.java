package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * RMSProp, as {@code torch.optim.RMSprop} has it or, as the MobileNets were trained, as TensorFlow
 * has it.
 *
 * <pre>
 * g = gradient + weightDecay · p
 * s = alpha · s + (1 - alpha) · g²
 * PyTorch:    v = momentum · v + g / (√s + epsilon),           p = p - rate · v, s = 0 at first
 * TensorFlow: v = momentum · v + rate · g / √(s + epsilon),    p = p - v,        s = 1 at first
 * </pre>
 *
 * @param alpha the share of the mean square that stays, in [0, 1)
 * @param epsilon what keeps the divisor from zero, above 0
 * @param momentum the share of the velocity that stays, in [0, 1)
 * @param weightDecay the weight decay
 * @param tensorFlow whether TensorFlow's form is meant
 */
public record RmsProp(
        double alpha, double epsilon, double momentum, double weightDecay, boolean tensorFlow)
        implements Optimizer {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public RmsProp {
        Numbers.belowOne("alpha", alpha);
        Numbers.aboveZero("epsilon", epsilon);
        Numbers.belowOne("momentum", momentum);
        Numbers.atLeastZero("weight decay", weightDecay);
    }

    /**
     * The settings of MobileNetV2: decay and momentum 0.9, TensorFlow's form.
     *
     * @param weightDecay the weight decay, 4e-5 in the paper
     * @return the settings, with the epsilon of 1 that TensorFlow's image models were trained with
     * @see <a href="https://arxiv.org/abs/1801.04381">MobileNetV2, section 6.1</a>
     */
    public static RmsProp mobileNet(double weightDecay) {
        return new RmsProp(0.9, 1, 0.9, weightDecay, true);
    }

    @Override
    public List<Kept> kept() {
        Kept square = new Kept("square_avg", tensorFlow ? 1 : 0);
        return momentum == 0 ? List.of(square) : List.of(square, new Kept("momentum_buffer", 0));
    }

    @Override
    public void apply(Change change) {
        change.decayIntoGradient();
        NDArray gradient = change.gradient();
        NDArray square = change.kept().get(0);
        change.scale(square, alpha);
        try (NDArray squared = gradient.mul(gradient)) {
            change.scale(squared, 1 - alpha);
            square.addi(squared);
        }
        try (NDArray divisor = divisor(change, square)) {
            gradient.divi(divisor);
        }
        if (momentum == 0) {
            change.descend(change.rate(), gradient);
            return;
        }
        NDArray velocity = change.kept().get(1);
        change.scale(velocity, momentum);
        if (tensorFlow) {
            change.add(velocity, change.rate(), gradient);
            change.values().subi(velocity);
        } else {
            velocity.addi(gradient);
            change.add(change.values(), -change.rate(), velocity);
        }
    }

    private NDArray divisor(Change change, NDArray square) {
        NDArray small = change.scalars().of(epsilon);
        if (!tensorFlow) {
            return square.sqrt().addi(small);
        }
        try (NDArray sum = square.add(small)) {
            return sum.sqrt();
        }
    }
}
