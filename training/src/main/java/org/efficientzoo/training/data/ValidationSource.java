package org.efficientzoo.training.data;

import java.nio.file.Path;

/**
 * Where the images to validate on are from.
 *
 * @param folder the folder that they lie in, that of the data set where there are none
 * @param text the same in words: the folder, {@code split 0.2, seed 0} or {@code none}
 */
public record ValidationSource(Path folder, String text) {}
