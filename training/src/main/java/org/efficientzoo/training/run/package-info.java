/** Training runs: the loop, its folder, its checkpoints, exact resumption. */
package org.efficientzoo.training.run;
