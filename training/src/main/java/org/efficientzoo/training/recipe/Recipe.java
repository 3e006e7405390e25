package org.efficientzoo.training.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.training.data.ValidationImages;
import org.efficientzoo.training.data.augment.Augmentation;
import org.efficientzoo.training.data.augment.TrainTransform;
import org.efficientzoo.training.optim.Averaging;
import org.efficientzoo.training.optim.Clipping;
import org.efficientzoo.training.optim.Optimizer;
import org.efficientzoo.training.optim.ParameterRule;
import org.efficientzoo.training.optim.Schedule;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Resize;

/**
 * Every number that decides what a training run computes.
 *
 * @param source where the numbers are from, in words
 * @param network what is built
 * @param start what it starts from
 * @param seed the seed of the first weights, the order of the images, augmentation and dropout
 * @param epochs how often each image is seen
 * @param batch the images of a step
 * @param part the most images that are computed at once, 0 for the whole batch
 * @param dropLast whether a smaller last batch of an epoch is left out
 * @param learningRate the base learning rate, for this batch
 * @param schedule the learning rate over the run as a factor of its base
 * @param optimizer the optimiser
 * @param rules what some parameters get otherwise
 * @param frozen patterns on the names of parameters that are not trained
 * @param clipping the limit of the gradients
 * @param labelSmoothing the share of each target that is spread over all classes, in 0..1
 * @param average the average of the weights, if one is kept
 * @param augmentation what is random about the training images
 * @param validation how validation images are prepared
 * @param validationImages which images are validated on, where it is not the usual folder
 */
public record Recipe(
        String source,
        NetworkSettings network,
        Start start,
        long seed,
        int epochs,
        int batch,
        int part,
        boolean dropLast,
        double learningRate,
        Schedule schedule,
        Optimizer optimizer,
        List<ParameterRule> rules,
        List<String> frozen,
        Clipping clipping,
        double labelSmoothing,
        Optional<Averaging> average,
        Augmentation augmentation,
        Preprocessing validation,
        Optional<ValidationImages> validationImages) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Recipe {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be at least 1, found " + epochs);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, found " + batch);
        }
        if (part < 0) {
            throw new IllegalArgumentException("part must be at least 0, found " + part);
        }
        if (!(learningRate > 0 && learningRate <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "learningRate must be above 0 and a float, found " + learningRate);
        }
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException(
                    "labelSmoothing must be in 0..1, found " + labelSmoothing);
        }
        rules = List.copyOf(rules);
        frozen = List.copyOf(frozen);
    }

    /**
     * The values of a training image.
     *
     * @return three times its pixels
     */
    public int imageLength() {
        return new TrainTransform(augmentation).length();
    }

    /**
     * The same recipe for another network with another start.
     *
     * @param other the network
     * @param from what the run starts from
     * @return the recipe
     */
    public Recipe with(NetworkSettings other, Start from) {
        return new Recipe(
                source,
                other,
                from,
                seed,
                epochs,
                batch,
                part,
                dropLast,
                learningRate,
                schedule,
                optimizer,
                rules,
                frozen,
                clipping,
                labelSmoothing,
                average,
                augmentation,
                validation,
                validationImages);
    }

    /**
     * The same recipe, whatever folder a process is in and wherever the data set goes.
     *
     * @param root the data set
     * @return the recipe, in which a folder to validate on is named from the data set or, outside
     *     of it, with its absolute path
     */
    public Recipe on(Path root) {
        return new Recipe(
                source,
                network,
                start,
                seed,
                epochs,
                batch,
                part,
                dropLast,
                learningRate,
                schedule,
                optimizer,
                rules,
                frozen,
                clipping,
                labelSmoothing,
                average,
                augmentation,
                validation,
                validationImages.map(images -> images.in(root)));
    }

    /**
     * The preprocessing of validation images.
     *
     * @return the transform
     */
    public EvaluationTransform validationTransform() {
        return new EvaluationTransform(
                new Resize.ShorterSide(validation.resize()),
                validation.crop(),
                validation.crop(),
                validation.interpolation(),
                augmentation.mean(),
                augmentation.std());
    }

    /**
     * The rules, with that of the classifier.
     *
     * @param head the name of the classifier
     * @return the rules
     */
    public List<ParameterRule> rules(String head) {
        if (start.headRate() == 1) {
            return rules;
        }
        List<ParameterRule> all = new ArrayList<>(rules);
        all.add(ParameterRule.withRate(head + ".*", start.headRate()));
        return all;
    }
}
