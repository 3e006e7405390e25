/** Readings of a block that need no engine: cost, receptive field and the table of both. */
package org.efficientzoo.blocks.analysis;
