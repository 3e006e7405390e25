/** Networks as ONNX files. */
package org.efficientzoo.zoo.onnx;
