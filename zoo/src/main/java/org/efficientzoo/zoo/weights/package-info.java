/** Checkpoints: files of named tensors, and what it takes to fill a network with them. */
package org.efficientzoo.zoo.weights;
