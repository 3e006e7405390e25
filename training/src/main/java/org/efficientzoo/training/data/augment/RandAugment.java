package org.efficientzoo.training.data.augment;

import org.efficientzoo.zoo.image.Interpolation;

/**
 * Some operations of one strength after each other.
 *
 * @param operations how many, N in the paper
 * @param magnitude how strong, 0 to 30, M in the paper
 * @param interpolation how shears and rotations take the values between pixels
 * @see <a href="https://arxiv.org/abs/1909.13719">RandAugment, section 3</a>
 */
record RandAugment(int operations, int magnitude, Interpolation interpolation)
        implements PictureStep {

    RandAugment {
        if (operations < 1) {
            throw new IllegalArgumentException(
                    "policyOperations must be at least 1, found " + operations);
        }
        if (magnitude < 0 || magnitude >= Operation.STRENGTHS) {
            throw new IllegalArgumentException(
                    "policyMagnitude must lie within 0 and %d, found %d"
                            .formatted(Operation.STRENGTHS - 1, magnitude));
        }
    }

    @Override
    public Pixels apply(Pixels pixels, Draws draws) {
        Pixels result = pixels;
        for (int i = 0; i < operations; i++) {
            Operation operation = Operation.draw(draws);
            double strength = operation.randStrength(magnitude, pixels.width, pixels.height);
            if (operation.isSigned() && draws.below(2) == 1) {
                strength = -strength;
            }
            result = operation.apply(result, strength, interpolation);
        }
        return result;
    }
}
