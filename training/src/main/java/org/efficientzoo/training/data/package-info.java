/** ImageNet-style folders and how images get from there into batches. */
package org.efficientzoo.training.data;
