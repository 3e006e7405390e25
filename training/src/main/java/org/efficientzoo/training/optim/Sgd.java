package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Stochastic gradient descent with {@code torch.optim.SGD}'s meaning: the learning rate is outside
 * of the momentum.
 *
 * <pre>
 * g = gradient + weightDecay · p
 * v = momentum · v + (1 - dampening) · g, in the first step v = g
 * p = p - rate · v, with Nesterov p = p - rate · (g + momentum · v)
 * </pre>
 *
 * @param momentum the share of the velocity that stays, in [0, 1)
 * @param dampening the share of the gradient that the velocity does not get, in [0, 1)
 * @param nesterov whether the step looks ahead; then momentum is above 0 and dampening 0
 * @param weightDecay the weight decay
 */
public record Sgd(double momentum, double dampening, boolean nesterov, double weightDecay)
        implements Optimizer {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Sgd {
        Numbers.belowOne("momentum", momentum);
        Numbers.belowOne("dampening", dampening);
        Numbers.atLeastZero("weight decay", weightDecay);
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "Nesterov needs momentum and no dampening, found momentum %s, dampening %s"
                            .formatted(momentum, dampening));
        }
    }

    /**
     * Plain momentum, without dampening and Nesterov.
     *
     * @param momentum the momentum
     * @param weightDecay the weight decay
     */
    public Sgd(double momentum, double weightDecay) {
        this(momentum, 0, false, weightDecay);
    }

    @Override
    public List<Kept> kept() {
        return momentum == 0 ? List.of() : List.of(new Kept("momentum_buffer", 0));
    }

    @Override
    public void apply(Change change) {
        change.decayIntoGradient();
        NDArray gradient = change.gradient();
        if (momentum == 0) {
            change.descend(change.rate(), gradient);
            return;
        }
        NDArray velocity = change.kept().get(0);
        change.scale(velocity, momentum);
        change.add(velocity, change.step() == 1 ? 1 : 1 - dampening, gradient);
        if (nesterov) {
            change.add(gradient, momentum, velocity);
            change.descend(change.rate(), gradient);
        } else {
            change.add(change.values(), -change.rate(), velocity);
        }
    }
}
