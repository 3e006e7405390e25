package org.efficientzoo.zoo;

import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooProvider;

/** What DJL's service loader finds. */
public final class EfficientZooProvider implements ZooProvider {

    /** Creates the provider. */
    public EfficientZooProvider() {}

    @Override
    public ModelZoo getModelZoo() {
        return new EfficientModelZoo();
    }
}
