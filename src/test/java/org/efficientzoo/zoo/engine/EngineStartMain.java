package org.efficientzoo.zoo.engine;

import java.io.IOException;

/** Starts an engine and prints why it cannot. */
final class EngineStartMain {

    private EngineStartMain() {}

    public static void main(String[] arguments) {
        try {
            System.out.println("started " + EngineStart.of(arguments[0]).getEngineName());
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
