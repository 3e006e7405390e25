package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A run whose loss, weights or answers are no numbers any more. */
public final class TrainingFailure extends IOException {

    private static final long serialVersionUID = 1;

    TrainingFailure(String what, long step, int epoch, double rate, Optional<Path> state) {
        super(
                "%s not a number in step %d (epoch %d) at the learning rate %s; %s; a lower --learning-rate or a limit of the gradients may help"
                        .formatted(
                                what,
                                step,
                                epoch,
                                rate,
                                state.map(file -> "the last checkpoint is " + file)
                                        .orElse("there is no checkpoint yet")));
    }
}
