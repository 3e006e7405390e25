package org.efficientzoo.training.data.augment;

import org.efficientzoo.zoo.image.Interpolation;

/**
 * One operation of random strength.
 *
 * @param interpolation how shears and rotations take the values between pixels
 * @see <a href="https://arxiv.org/abs/2103.10158">TrivialAugment, section 3</a>
 */
record TrivialAugment(Interpolation interpolation) implements PictureStep {

    @Override
    public Pixels apply(Pixels pixels, Draws draws) {
        Operation operation = Operation.draw(draws);
        double strength = 0;
        if (operation.hasStrength()) {
            strength = operation.wideStrength(draws.below(Operation.STRENGTHS));
        }
        if (operation.isSigned() && draws.below(2) == 1) {
            strength = -strength;
        }
        return operation.apply(pixels, strength, interpolation);
    }
}
