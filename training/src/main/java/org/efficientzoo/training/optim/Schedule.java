package org.efficientzoo.training.optim;

import java.util.List;

/**
 * The learning rate over a run, as a factor of its base. Steps count from 0; epochs may be
 * fractions, so that a schedule suits data of any size.
 */
public sealed interface Schedule
        permits Schedule.Constant,
                Schedule.Cosine,
                Schedule.Polynomial,
                Schedule.Exponential,
                Schedule.Steps,
                Schedule.MultiStep,
                Schedule.Warmup,
                Schedule.ByEpoch {

    /**
     * The factor of the base learning rate in a step.
     *
     * @param step the steps taken before, at least 0
     * @param run how long the run is
     * @return the factor
     */
    double value(long step, Length run);

    /**
     * How long a run is.
     *
     * @param steps the steps of all epochs
     * @param stepsPerEpoch the steps of one epoch
     */
    record Length(long steps, long stepsPerEpoch) {

        /**
         * Checks that there is a step.
         *
         * @throws IllegalArgumentException if there is none
         */
        public Length {
            if (steps < 1 || stepsPerEpoch < 1) {
                throw new IllegalArgumentException(
                        "a run must have a step, found %d steps, %d an epoch"
                                .formatted(steps, stepsPerEpoch));
            }
        }

        /** The share of the run that is over, at most 1. */
        double progress(long step) {
            return Math.min(1, (double) step / steps);
        }

        long stepsOf(double epochs) {
            return Math.round(epochs * stepsPerEpoch);
        }
    }

    /** The base learning rate throughout. */
    record Constant() implements Schedule {
        @Override
        public double value(long step, Length run) {
            return 1;
        }
    }

    /**
     * Half a cosine from 1 to a floor.
     *
     * @param floor the factor at the end, in 0..1
     * @see <a href="https://arxiv.org/abs/1608.03983">SGDR, section 3, without restarts</a>
     */
    record Cosine(double floor) implements Schedule {

        /**
         * Checks the floor.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Cosine {
            Numbers.share("the floor of a schedule", floor);
        }

        @Override
        public double value(long step, Length run) {
            return floor + (1 - floor) * (1 + Math.cos(Math.PI * run.progress(step))) / 2;
        }
    }

    /**
     * Falls from 1 to a floor with a power of what is left: linearly with the power 1.
     *
     * @param power the power, above 0
     * @param floor the factor at the end, in 0..1
     */
    record Polynomial(double power, double floor) implements Schedule {

        /**
         * Checks power and floor.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Polynomial {
            Numbers.aboveZero("the power of a schedule", power);
            Numbers.share("the floor of a schedule", floor);
        }

        @Override
        public double value(long step, Length run) {
            return floor + (1 - floor) * Math.pow(1 - run.progress(step), power);
        }
    }

    /**
     * Falls by a factor each epoch, a little each step; within {@link ByEpoch} at once.
     *
     * @param factor the factor of an epoch, above 0
     */
    record Exponential(double factor) implements Schedule {

        /**
         * Checks the factor.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Exponential {
            Numbers.aboveZero("the factor of a schedule", factor);
        }

        @Override
        public double value(long step, Length run) {
            return Math.pow(factor, (double) step / run.stepsPerEpoch());
        }
    }

    /**
     * Falls by a factor each time some epochs are over.
     *
     * @param factor the factor, above 0
     * @param epochs the epochs between two falls, above 0
     */
    record Steps(double factor, double epochs) implements Schedule {

        /**
         * Checks factor and epochs.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Steps {
            Numbers.aboveZero("the factor of a schedule", factor);
            Numbers.aboveZero("the epochs of a schedule", epochs);
        }

        @Override
        public double value(long step, Length run) {
            long falls = step / Math.max(1, run.stepsOf(epochs));
            return Math.pow(factor, (double) falls);
        }
    }

    /**
     * Falls by a factor after each of some epochs.
     *
     * @param factor the factor, above 0
     * @param epochs the numbers of epochs after which it falls, rising
     */
    record MultiStep(double factor, List<Double> epochs) implements Schedule {

        /**
         * Checks factor and epochs.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public MultiStep {
            Numbers.aboveZero("the factor of a schedule", factor);
            epochs = List.copyOf(epochs);
            for (int i = 0; i < epochs.size(); i++) {
                Numbers.aboveZero("the epochs of a schedule", epochs.get(i));
                if (i > 0 && epochs.get(i) <= epochs.get(i - 1)) {
                    throw new IllegalArgumentException(
                            "the epochs of a schedule must rise, found " + epochs);
                }
            }
        }

        @Override
        public double value(long step, Length run) {
            long falls = epochs.stream().filter(epoch -> step >= run.stepsOf(epoch)).count();
            return Math.pow(factor, (double) falls);
        }
    }

    /**
     * Rises from a share of the base learning rate to all of it, then follows another schedule
     * through the rest of the run.
     *
     * @param epochs how long it rises, at least 0; a fraction for a rise within the first epoch
     * @param from the factor of the first step, in 0..1
     * @param power 1 for a straight line; Darknet's burn-in rises with the power 4
     * @param after the schedule of the rest, whose steps are counted from the end of the rise
     * @see <a href="https://arxiv.org/abs/1706.02677">Goyal et al., section 2.2</a>
     */
    record Warmup(double epochs, double from, double power, Schedule after) implements Schedule {

        /**
         * Checks epochs, share and power.
         *
         * @throws IllegalArgumentException if one is out of its range, or a part of an epoch goes
         *     before a schedule by epochs
         */
        public Warmup {
            Numbers.atLeastZero("the epochs of a warm-up", epochs);
            Numbers.share("the start of a warm-up", from);
            Numbers.aboveZero("the power of a warm-up", power);
            if (after instanceof ByEpoch && epochs != Math.rint(epochs)) {
                throw new IllegalArgumentException(
                        "byepoch after a warm-up holds no epoch's rate still unless the warm-up has whole epochs, found "
                                + epochs
                                + "; put byepoch around the warm-up");
            }
        }

        @Override
        public double value(long step, Length run) {
            long rise = run.stepsOf(epochs);
            if (step < rise) {
                return from + (1 - from) * Math.pow((double) step / rise, power);
            }
            Length rest = new Length(Math.max(1, run.steps() - rise), run.stepsPerEpoch());
            return after.value(step - rise, rest);
        }
    }

    /**
     * Keeps the value of an epoch's first step through the epoch, as schedules do that are stepped
     * once an epoch.
     *
     * @param schedule the schedule
     */
    record ByEpoch(Schedule schedule) implements Schedule {
        @Override
        public double value(long step, Length run) {
            return schedule.value(step - step % run.stepsPerEpoch(), run);
        }
    }
}
