package org.efficientzoo.zoo.image;

/** A rectangle of pixels inside an image. */
record Region(int left, int top, int width, int height) {}
