/**
 * The model zoo that {@code Criteria} finds. Begin with {@link
 * org.efficientzoo.zoo.EfficientModelZoo}, {@link org.efficientzoo.zoo.Weights} and {@link
 * org.efficientzoo.zoo.OnnxModels}.
 */
package org.efficientzoo.zoo;
