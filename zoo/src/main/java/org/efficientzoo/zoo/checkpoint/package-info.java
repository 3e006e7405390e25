/** What a checkpoint says of itself. */
package org.efficientzoo.zoo.checkpoint;
