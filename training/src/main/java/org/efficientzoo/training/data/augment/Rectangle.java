package org.efficientzoo.training.data.augment;

/** A part of a picture. */
record Rectangle(int left, int top, int width, int height) {}
