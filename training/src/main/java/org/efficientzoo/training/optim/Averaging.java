package org.efficientzoo.training.optim;

/**
 * How weights are averaged over the steps of a run.
 *
 * @param decay the share of the average that stays at each update, in 0..1
 * @param every the steps from one update to the next, at least 1
 */
public record Averaging(double decay, int every) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Averaging {
        Numbers.share("the decay of an average", decay);
        if (every < 1) {
            throw new IllegalArgumentException(
                    "an average must be updated every so many steps, found " + every);
        }
    }

    /**
     * The decay that means the same whatever the batch size and the length of the run, as
     * torchvision's reference scripts have it: {@code 1 - min(1, (1 - decay) · batch · every /
     * epochs)}.
     *
     * @param decay the decay before, 0.99998 in the scripts
     * @param every the steps from one update to the next, 32 in the scripts
     * @param batch the images of a step, of all devices together
     * @param epochs the epochs of the run
     * @return the settings
     */
    public static Averaging scaled(double decay, int every, int batch, double epochs) {
        Numbers.aboveZero("epochs", epochs);
        return new Averaging(1 - Math.min(1, (1 - decay) * batch * every / epochs), every);
    }
}
