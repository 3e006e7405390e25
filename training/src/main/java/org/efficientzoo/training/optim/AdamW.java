package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Adam with decoupled weight decay, with {@code torch.optim.AdamW}'s meaning.
 *
 * <pre>
 * p = p - rate · weightDecay · p
 * m = beta1 · m + (1 - beta1) · g,    v = beta2 · v + (1 - beta2) · g²
 * p = p - rate · (m / (1 - beta1ᵗ)) / (√(v / (1 - beta2ᵗ)) + epsilon)
 * </pre>
 *
 * @param beta1 the share of the mean that stays, in [0, 1)
 * @param beta2 the share of the mean square that stays, in [0, 1)
 * @param epsilon what keeps the divisor from zero, above 0
 * @param weightDecay the weight decay
 * @see <a href="https://arxiv.org/abs/1711.05101">Decoupled Weight Decay Regularization, algorithm
 *     2</a>
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
        implements Optimizer {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public AdamW {
        Numbers.belowOne("beta1", beta1);
        Numbers.belowOne("beta2", beta2);
        Numbers.aboveZero("epsilon", epsilon);
        Numbers.atLeastZero("weight decay", weightDecay);
    }

    /**
     * PyTorch's defaults: 0.9, 0.999, 1e-8.
     *
     * @param weightDecay the weight decay
     */
    public AdamW(double weightDecay) {
        this(0.9, 0.999, 1e-8, weightDecay);
    }

    @Override
    public List<Kept> kept() {
        return List.of(new Kept("exp_avg", 0), new Kept("exp_avg_sq", 0));
    }

    @Override
    public void apply(Change change) {
        NDArray gradient = change.gradient();
        NDArray mean = change.kept().get(0);
        NDArray square = change.kept().get(1);
        if (change.decay() != 0) {
            change.scale(change.values(), 1 - change.rate() * change.decay());
        }
        change.scale(mean, beta1);
        change.add(mean, 1 - beta1, gradient);
        change.scale(square, beta2);
        try (NDArray squared = gradient.mul(gradient)) { // the gradient is the engine's own
            change.scale(squared, 1 - beta2);
            square.addi(squared);
        }

        double meanBias = 1 - Math.pow(beta1, (double) change.step());
        double squareBias = 1 - Math.pow(beta2, (double) change.step());
        try (NDArray divisor = square.sqrt()) {
            change.scale(divisor, 1 / Math.sqrt(squareBias));
            divisor.addi(change.scalars().of(epsilon));
            try (NDArray direction = mean.div(divisor)) {
                change.descend(change.rate() / meanBias, direction);
            }
        }
    }
}
