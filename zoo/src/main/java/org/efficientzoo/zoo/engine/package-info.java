/** The engines of DJL: how one is started, and what it has. */
package org.efficientzoo.zoo.engine;
