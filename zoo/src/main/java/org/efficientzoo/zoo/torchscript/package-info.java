/** The TorchScript reading: a network as one function that PyTorch runs in one native call. */
package org.efficientzoo.zoo.torchscript;
