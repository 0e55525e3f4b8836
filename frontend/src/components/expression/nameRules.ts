/** As long as the server lets a name be. */
export const NAME_LENGTH = 60
