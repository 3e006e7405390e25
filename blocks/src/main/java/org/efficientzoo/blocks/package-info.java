/** The efficient blocks: each written once over {@code Ops} and read in many ways. */
package org.efficientzoo.blocks;
