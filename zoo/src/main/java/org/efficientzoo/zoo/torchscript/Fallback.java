package org.efficientzoo.zoo.torchscript;

import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why networks run block by block, each reason logged once. */
final class Fallback {

    private static final Logger LOGGER = LoggerFactory.getLogger(ForwardPass.class);
    private static final Set<String> REASONS = new LinkedHashSet<>();

    private Fallback() {}

    static synchronized void log(String reason) {
        if (REASONS.add(reason)) {
            LOGGER.info("running block by block: {}", reason);
        }
    }
}
