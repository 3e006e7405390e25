/**
 * From an image file to the numbers a network takes: decoding, resampling and the transform of the
 * evaluation, with the very pixels of Pillow and torchvision.
 */
package org.efficientzoo.zoo.image;
