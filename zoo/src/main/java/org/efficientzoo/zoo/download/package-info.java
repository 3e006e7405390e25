/** Fetching published weights: over a poor line, behind a proxy, from a mirror, or not at all. */
package org.efficientzoo.zoo.download;
