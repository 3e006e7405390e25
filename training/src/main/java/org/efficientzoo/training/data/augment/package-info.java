/** Random changes of training images, with the distributions and the pixels of torchvision. */
package org.efficientzoo.training.data.augment;
